package io.raftlessons.cluster.node;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.ConfigException;
import io.raftlessons.cluster.config.ConfigLoader;
import io.raftlessons.cluster.config.SettingFlags;
import io.raftlessons.cluster.config.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * The main program of one node. Exit codes: 0 stopped in good order, 1 could not start, 2 wrong
 * usage, 3 stopped itself because of a fault, 4 its launcher died.
 */
@Command(name = "node", description = "Runs one node of a cluster whose data directory exists.")
public final class NodeMain implements Callable<Integer> {
  /** The line on standard input that asks for an end in good order. */
  public static final String STOP = "stop";

  /** The flag of a node that gives itself the first configuration of a new cluster. */
  public static final String BOOTSTRAP = "--bootstrap";

  /** The flag of a node that runs a student's parts. */
  public static final String MINE = "--mine";

  private static final int FAULT = 3;
  private static final int ORPHANED = 4;

  /** A shutdown in good order is faster; a stuck one must not keep the process. */
  private static final long SHUTDOWN_LIMIT_MILLIS = NodeProcess.HAND_OVER_MILLIS + 800;

  private static final long FAULT_POLL_MILLIS = 100;

  /** A disk with less than this is full: a segment of the log needs 16 MiB. */
  private static final long FULL_BYTES = 16 << 20;

  private static final Logger log = LoggerFactory.getLogger(NodeMain.class);

  @Option(
      names = "--supervised",
      description = "End when standard input ends, or says '" + STOP + "'.")
  private boolean supervised;

  @Option(
      names = BOOTSTRAP,
      description = "If this node has no state: begin a new cluster of the first three nodes.")
  private boolean bootstrap;

  @Option(
      names = MINE,
      split = ",",
      paramLabel = "LESSONS",
      description = "The lessons whose parts are a student's, whose classes are on the class path.")
  private List<Integer> mine = List.of();

  @CommandLine.Spec private CommandSpec spec = CommandSpec.create();
  private final Map<String, String> environment;
  private final CountDownLatch stopAsked = new CountDownLatch(1);

  private NodeMain(Map<String, String> environment) {
    this.environment = environment;
  }

  public static void main(String[] args) {
    CommandLine command = new CommandLine(new NodeMain(System.getenv()));
    SettingFlags.addHelp(command.getCommandSpec());
    SettingFlags.add(command.getCommandSpec(), Settings.ALL);
    System.exit(command.execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    if (supervised) {
      daemon(this::obeyStandardInput, "supervisor");
    }
    NodeProcess node;
    ClusterConfig config;
    try {
      config = ConfigLoader.load(SettingFlags.given(spec), environment);
      node = NodeProcess.start(config, bootstrap, RaftParts.of(mine));
    } catch (ConfigException | IOException e) {
      log.error("cannot start: {}", e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node), "shutdown"));
    if (!mine.isEmpty()) {
      log.info("the parts of lessons {} are a student's", mine);
    }
    log.info("ready {}", node.describe());
    while (!stopAsked.await(FAULT_POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      if (node.failure().isPresent()) {
        log.error("fault", node.failure().get());
        // after the stack trace, because the end of the output is what people are shown
        log.error("{}", fault(node.failure().get(), config));
        return FAULT;
      }
    }
    return 0;
  }

  private static String fault(Throwable failure, ClusterConfig config) {
    String what = "this node stops because of a fault: " + failure.getMessage();
    try {
      long free =
          Files.getFileStore(
                  config.dataDirectory().resolve(ClusterConfig.nodeName(config.thisNode())))
              .getUsableSpace();
      return free >= FULL_BYTES
          ? what
          : "%s. Its disk has %d KiB left: make room, then start it again; nothing is lost"
              .formatted(what, free >> 10);
    } catch (IOException e) {
      return what + "; and its directory cannot be looked at: " + e;
    }
  }

  private static void close(NodeProcess node) {
    CountDownLatch closed = new CountDownLatch(1);
    daemon(
        () -> {
          try {
            if (!closed.await(SHUTDOWN_LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
              Runtime.getRuntime().halt(FAULT);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        "shutdown-limit");
    node.handOver();
    node.close();
    closed.countDown();
    log.info("stopped");
  }

  /** The launcher holds the other end. When that closes without a word, the launcher is dead. */
  private void obeyStandardInput() {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8), 64);
    try {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals(STOP)) {
          stopAsked.countDown();
        }
      }
    } catch (IOException e) {
      log.error("standard input failed: {}", e.toString());
    }
    if (stopAsked.getCount() > 0) {
      // without a last word: the launcher would have been its reader
      Runtime.getRuntime().halt(ORPHANED);
    }
  }

  private static void daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
