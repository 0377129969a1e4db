package io.raftlessons.cluster.launcher;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "wipe", description = "Deletes the data directory of a cluster that does not run.")
final class WipeCommand extends BaseCommand {
  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  WipeCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws IOException {
    ClusterDirectory directory = directory();
    if (!directory.hasCluster()) {
      throw new CommandException("there is no cluster's data in " + directory.root());
    }
    Closeable lock = directory.lock();
    try {
      directory.requireOwn();
      if (!yes && !confirmed(directory)) {
        throw new CommandException("nothing was deleted");
      }
      List<String> left = directory.wipe();
      out().println("deleted the cluster's data in " + directory.root());
      if (!left.isEmpty()) {
        out().println("left what is not the cluster's: " + String.join(", ", left));
      }
    } finally {
      lock.close();
    }
    return 0;
  }

  private boolean confirmed(ClusterDirectory directory) throws IOException {
    out().print("Delete all data of the cluster in " + directory.root() + "? [y/N] ");
    out().flush();
    BufferedReader answers =
        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
    String answer = answers.readLine();
    return answer != null && answer.strip().toLowerCase(java.util.Locale.ROOT).matches("y|yes");
  }
}
