package io.raftlessons.cluster.config;

import io.raftlessons.cluster.config.ValueType.Size;
import io.raftlessons.cluster.config.ValueType.Text;
import io.raftlessons.cluster.config.ValueType.Time;
import io.raftlessons.cluster.config.ValueType.Whole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Every setting there is. The flags of the commands, the environment of the nodes and {@code
 * docs/configuration.md} are all made from this list.
 */
public final class Settings {
  /** How many nodes a new cluster has. */
  public static final int FIRST_NODES = 3;

  /** How many it may grow to. */
  public static final int MAX_NODES = 9;

  /** What a node listens for; the order is that of the tables. */
  public enum Listener {
    INGRESS("clients' HTTP requests", 8080),
    ADMIN("operators' HTTP requests", 9070),
    NODE("the other nodes", 5122);

    private final String purpose;
    private final int firstPort;

    Listener(String purpose, int firstPort) {
      this.purpose = purpose;
      this.firstPort = firstPort;
    }

    /** As in names of settings: {@code ingress}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final ValueType ADDRESS =
      new Text(Pattern.compile("[A-Za-z0-9.:_-]{1,255}"), "a host name or an IP address");

  public static final Setting CONFIG_FILE =
      new Setting(
          "config",
          "RAFT_CONFIG_FILE",
          "",
          new Text(Pattern.compile(".+"), "a path"),
          "A properties file with settings. It cannot name another file.");

  public static final Setting DATA_DIR =
      new Setting(
          "data",
          "RAFT_DATA_DIR",
          "raft-data",
          new Text(Pattern.compile(".+"), "a path"),
          "The directory that holds all data of the cluster.");

  public static final Setting CLUSTER_NAME =
      Setting.of(
          "cluster-name",
          "raft-lessons",
          new Text(Pattern.compile("[A-Za-z0-9._-]{1,64}"), "1 to 64 letters, digits, . _ -"),
          "The name of the cluster. It is fixed when the data directory is made.");

  public static final Setting NODE_NAME =
      Setting.of(
          "node-name",
          "",
          new Text(Pattern.compile("node-[1-" + MAX_NODES + "]"), "node-1 to node-" + MAX_NODES),
          "Which node a process is. The launcher sets it for the nodes it starts.");

  public static final Setting FORCE_NODE_ID =
      Setting.of(
          "force-node-id",
          "",
          new Whole("a number", 1, MAX_NODES),
          "The number of the node. It must agree with the name if both are set.");

  public static final Setting BIND_ADDRESS =
      Setting.of(
          "bind-address",
          "127.0.0.1",
          ADDRESS,
          "The address that every listener is bound to. Nothing here asks for a password: "
              + "whoever reaches this address can do everything.");

  public static final Setting ADVERTISED_ADDRESS =
      Setting.of(
          "advertised-address",
          "127.0.0.1",
          ADDRESS,
          "The address under which nodes and clients reach the listeners.");

  public static final Setting ELECTION_TIMEOUT =
      Setting.of(
          "election-timeout",
          "300ms",
          new Time(Duration.ofMillis(20), Duration.ofMinutes(1)),
          "The minimum election timeout; each wait is drawn from one to two times this. "
              + "The default allows for three JVMs on a small machine.");

  public static final Setting HEARTBEAT_INTERVAL =
      Setting.of(
          "heartbeat-interval",
          "60ms",
          new Time(Duration.ofMillis(5), Duration.ofSeconds(30)),
          "How often a leader lets its followers hear of it. "
              + "At most half of the election timeout.");

  public static final Setting READS =
      Setting.of(
          "reads",
          Reads.LEADER.label(),
          Reads.type(),
          "Who answers clients' reads: the leader (lease: mostly without asking a majority), or the "
              + "node that was asked (stale: mostly without asking the leader). The same for all "
              + "nodes.");

  public static final Setting MAX_CLOCK_DRIFT =
      Setting.of(
          "max-clock-drift",
          "0.01",
          new Text(Pattern.compile("0(\\.[0-9]{1,6})?"), "a share, 0 to 0.999999"),
          "By how much the clock of one machine may run faster than that of another, for reads by "
              + "lease: 0.01 is 10 ms in a second. If it is more in truth, they may be stale.");

  public static final Setting MAX_STALENESS =
      Setting.of(
          "max-staleness",
          "1s",
          new Time(Duration.ofMillis(1), Duration.ofMinutes(1440)),
          "How old the answer to a stale read may be, by the clock of the node that answers.");

  public static final Setting REQUEST_TIMEOUT =
      Setting.of(
          "request-timeout",
          "10s",
          new Time(Duration.ofMillis(10), Duration.ofMinutes(10)),
          "How long the ingress tries to get an answer for a client.");

  public static final Setting MAX_CONNECTIONS =
      Setting.of(
          "max-connections",
          "256",
          new Whole("a number", 1, 10_000),
          "How many client connections a node accepts; further ones wait.");

  public static final Setting MAX_REQUESTS =
      Setting.of(
          "max-requests",
          "512",
          new Whole("a number", 1, 100_000),
          "How many requests a node has under way; one more is answered with 429.");

  public static final Setting HEAP =
      Setting.of("heap", "256m", new Size("64m", "64g"), "The largest heap of one node.");

  public static final Setting READY_TIMEOUT =
      Setting.of(
          "ready-timeout",
          "60s",
          new Time(Duration.ofSeconds(1), Duration.ofMinutes(10)),
          "How long a start may take until every node knows a leader. Then it is given up.");

  public static final Setting STOP_TIMEOUT =
      Setting.of(
          "stop-timeout",
          "10s",
          new Time(Duration.ofMillis(100), Duration.ofMinutes(1)),
          "How long a node that was asked to stop may take. Then it is killed.");

  public static final Setting LOG_FILE_SIZE =
      Setting.of(
          "log-file-size",
          "4m",
          new Size("64k", "1g"),
          "The size at which a log file is closed and the next one begun.");

  public static final Setting LOG_FILES =
      Setting.of(
          "log-files",
          "3",
          new Whole("a number", 1, 100),
          "How many closed log files are kept for each node.");

  /** All of them, in the order of the documentation. */
  public static final List<Setting> ALL = all();

  private Settings() {}

  /**
   * The port setting of a listener of a node. By default the first nodes' ports lie 10 000 times
   * their number apart; those of a further node are node 1's plus its number, because 6 and more
   * times 10 000 is no port.
   */
  public static Setting port(int node, Listener listener) {
    int distance = node == 1 ? 0 : node <= FIRST_NODES ? node * 10_000 : node;
    int port = listener.firstPort + distance;
    return new Setting(
        "node" + node + "-" + listener.label() + "-port",
        "NODE" + node + "_" + listener + "_PORT_OVERRIDE",
        Integer.toString(port),
        new Whole("a port", 1, 65_535),
        "Where node-" + node + " listens for " + listener.purpose + ".");
  }

  /** The port setting of the S3 server that the launcher runs. */
  public static Setting s3Port() {
    return SnapshotSettings.S3_PORT;
  }

  private static List<Setting> all() {
    List<Setting> all = new ArrayList<>();
    Collections.addAll(
        all,
        CONFIG_FILE,
        DATA_DIR,
        CLUSTER_NAME,
        NODE_NAME,
        FORCE_NODE_ID,
        BIND_ADDRESS,
        ADVERTISED_ADDRESS,
        ELECTION_TIMEOUT,
        HEARTBEAT_INTERVAL,
        READS,
        MAX_CLOCK_DRIFT,
        MAX_STALENESS,
        REQUEST_TIMEOUT,
        MAX_CONNECTIONS,
        MAX_REQUESTS,
        HEAP,
        READY_TIMEOUT,
        STOP_TIMEOUT,
        LOG_FILE_SIZE,
        LOG_FILES);
    all.addAll(SnapshotSettings.ALL);
    for (int node = 1; node <= MAX_NODES; node++) {
      for (Listener listener : Listener.values()) {
        all.add(port(node, listener));
      }
    }
    return List.copyOf(all);
  }
}
