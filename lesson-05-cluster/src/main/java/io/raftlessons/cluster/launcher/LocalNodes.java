package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.node.ClusterIdentity;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** The nodes that a launcher runs, by number. Whoever has a directory is one. Thread-safe. */
final class LocalNodes {
  private static final long GRACE_MILLIS = 50;

  private final ClusterConfig config;
  private final ClusterDirectory directory;
  private final BiConsumer<LocalNode, String> output;
  private final BiConsumer<LocalNode, Child> ended;
  private final NodeProbe probe;
  private final Map<Integer, LocalNode> nodes = new ConcurrentSkipListMap<>();

  /** None yet. For the rest see {@link LocalNode}. */
  LocalNodes(
      ClusterConfig config,
      ClusterDirectory directory,
      BiConsumer<LocalNode, String> output,
      BiConsumer<LocalNode, Child> ended) {
    this.config = config;
    this.directory = directory;
    this.output = output;
    this.ended = ended;
    probe = new NodeProbe(config);
  }

  /** Those of a cluster; the first ones if it is new. Their ports must be free. */
  void addAllOf(ClusterIdentity identity) {
    List<Integer> numbers =
        identity.bootstrapped()
            ? directory.nodes()
            : IntStream.rangeClosed(1, Settings.FIRST_NODES).boxed().toList();
    if (numbers.isEmpty()) {
      throw new CommandException(
          "the data of all nodes is gone from "
              + directory.root()
              + "; 'cluster wipe' deletes the rest");
    }
    for (int number : numbers) {
      PortCheck.requireFree(config, number);
      findOrAdd(number);
    }
  }

  LocalNode findOrAdd(int number) {
    return nodes.computeIfAbsent(number, this::make);
  }

  private LocalNode make(int number) {
    try {
      RotatingLog log =
          new RotatingLog(directory.log(number), config.logFileSize(), config.logFiles());
      return new LocalNode(config, number, log, output, ended);
    } catch (IOException e) {
      throw new CommandException("cannot write the log of node " + number + ": " + e, e);
    }
  }

  Optional<LocalNode> find(int number) {
    return Optional.ofNullable(nodes.get(number));
  }

  /** In order. */
  Collection<LocalNode> all() {
    return nodes.values();
  }

  /** Kills it and deletes its directory. */
  void forget(LocalNode node) {
    if (node.running()) {
      node.kill();
    }
    nodes.remove(node.number());
    node.closeLog();
    directory.deleteNode(node.number());
  }

  boolean answers(LocalNode node) {
    return probe.ask(node.number()).join().isPresent();
  }

  /** What each says of the cluster, by number; nothing of one that does not answer. */
  Map<Integer, JsonNode> views() {
    Map<Integer, CompletableFuture<Optional<JsonNode>>> asked = new TreeMap<>();
    for (LocalNode node : all()) {
      if (node.running()) {
        asked.put(node.number(), probe.ask(node.number()));
      }
    }
    Map<Integer, JsonNode> views = new TreeMap<>();
    asked.forEach((number, view) -> view.join().ifPresent(json -> views.put(number, json)));
    return views;
  }

  /**
   * Stops all at once, and kills who takes longer.
   *
   * @param trouble is told who could not be stopped, and why
   */
  void stop(Duration timeout, Consumer<String> trouble) {
    List<Thread> stopping = new ArrayList<>();
    for (LocalNode node : all()) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  node.stop(timeout);
                } catch (CommandException e) {
                  trouble.accept(String.valueOf(e.getMessage()));
                }
              },
              "stop-" + node.name());
      if (node.running()) {
        thread.start();
        stopping.add(thread);
      }
    }
    try {
      for (Thread thread : stopping) {
        // a request may be waiting for the end of the same node, and with more patience
        thread.join(timeout.toMillis() + GRACE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all().forEach(LocalNode::destroy);
  }
}
