package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.node.ClusterIdentity;
import io.raftlessons.cluster.node.StoppedNode;
import io.raftlessons.cluster.node.StoppedNode.LogEnd;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "recover",
    description = {
      "Makes a new cluster of one node of a cluster that has lost its majority for good.",
      "Acknowledged writes may be lost; it says which, and asks."
    })
final class RecoverCommand extends BaseCommand {
  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  private final InputStream in;

  RecoverCommand(Map<String, String> environment, InputStream in) {
    super(environment);
    this.in = in;
  }

  @Override
  public Integer call() throws IOException {
    ClusterDirectory directory = directory();
    if (!directory.hasCluster()) {
      throw new CommandException("there is no cluster's data in " + directory.root());
    }
    Closeable lock = directory.lock();
    try {
      recover(directory, ClusterIdentity.read(directory.root()));
    } finally {
      lock.close();
    }
    return 0;
  }

  private void recover(ClusterDirectory directory, ClusterIdentity identity) throws IOException {
    Map<Integer, LogEnd> logs = readable(directory, identity);
    Map.Entry<Integer, LogEnd> longest = longest(logs);
    int best = longest.getKey();
    LogEnd end = longest.getValue();
    requireLostQuorum(end, logs);
    List<Integer> others = new ArrayList<>(directory.nodes());
    others.remove((Integer) best);
    explain(best, end, others);
    if (!yes && !confirmed(in, "Go on?")) {
      throw new CommandException("nothing was changed");
    }
    // first the others: two of them might be a majority of the old cluster
    others.forEach(directory::deleteNode);
    try (StoppedNode node = new StoppedNode(config(), identity, best)) {
      node.recoverAlone();
    }
    out()
        .printf(
            "%s is the cluster now: 'cluster up' starts it, then 'cluster add N' adds others%n",
            ClusterConfig.nodeName(best));
  }

  /** Only of nodes that have something in their log. */
  private Map<Integer, LogEnd> readable(ClusterDirectory directory, ClusterIdentity identity) {
    Map<Integer, LogEnd> logs = new TreeMap<>();
    for (int number : directory.nodes()) {
      try (StoppedNode node = new StoppedNode(config(), identity, number)) {
        LogEnd end = node.logEnd();
        if (end.index() > 0) {
          logs.put(number, end);
        }
      } catch (IOException e) {
        out().println(ClusterConfig.nodeName(number) + " cannot be read: " + e.getMessage());
      }
    }
    return logs;
  }

  private static Map.Entry<Integer, LogEnd> longest(Map<Integer, LogEnd> logs) {
    Comparator<LogEnd> length = Comparator.comparingLong(LogEnd::term);
    return logs.entrySet().stream()
        .max(Map.Entry.comparingByValue(length.thenComparingLong(LogEnd::index)))
        .orElseThrow(() -> new CommandException("no node has a log that can be read"));
  }

  private static void requireLostQuorum(LogEnd longest, Map<Integer, LogEnd> logs) {
    List<String> here = logs.keySet().stream().map(ClusterConfig::nodeName).toList();
    long voters = longest.voters().stream().filter(here::contains).count();
    if (voters > longest.voters().size() / 2) {
      throw new CommandException(
          "%d of the %d voters have their data here, a majority: 'cluster up' starts them, and there is nothing to recover"
              .formatted(voters, longest.voters().size()));
    }
  }

  private void explain(int node, LogEnd end, List<Integer> others) {
    String name = ClusterConfig.nodeName(node);
    out()
        .printf(
            "The voters were %s. The longest log that is left is that of %s: it ends at index %d, term %d.%n",
            String.join(", ", end.voters()), name, end.index(), end.term());
    out().printf("%s will be the only member of the cluster.%n", name);
    out().println("  lost are the writes, acknowledged or not, that lie behind that index");
    out().println("  kept are writes up to it that were never acknowledged");
    if (!others.isEmpty()) {
      String names = String.join(", ", others.stream().map(ClusterConfig::nodeName).toList());
      out().println("  deleted is what is left of " + names);
    }
    out().println("A lost node that comes back must not be started with its old data.");
    out().flush();
  }
}
