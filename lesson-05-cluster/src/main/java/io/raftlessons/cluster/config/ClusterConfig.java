package io.raftlessons.cluster.config;

import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.config.ValueType.Size;
import io.raftlessons.cluster.config.ValueType.Time;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The values of all settings, checked. Immutable. {@link ConfigLoader} makes it. */
public final class ClusterConfig {
  private final Map<String, String> values;

  /**
   * @throws ConfigException if settings contradict each other
   */
  ClusterConfig(Map<String, String> values) {
    this.values = new TreeMap<>(values);
    checkTimes();
    checkAdvertisedAddress();
    checkPorts();
    checkCredentials();
  }

  private String get(Setting setting) {
    String value = values.get(setting.name());
    return value == null ? setting.defaultValue() : value;
  }

  public String clusterName() {
    return get(Settings.CLUSTER_NAME);
  }

  /** Absolute. */
  public Path dataDirectory() {
    return Path.of(get(Settings.DATA_DIR)).toAbsolutePath().normalize();
  }

  public String bindAddress() {
    return get(Settings.BIND_ADDRESS);
  }

  public String advertisedAddress() {
    return get(Settings.ADVERTISED_ADDRESS);
  }

  public Duration electionTimeout() {
    return Time.parse(get(Settings.ELECTION_TIMEOUT));
  }

  public Duration heartbeatInterval() {
    return Time.parse(get(Settings.HEARTBEAT_INTERVAL));
  }

  public Reads reads() {
    return Reads.parse(get(Settings.READS));
  }

  /** A share, at least 0 and below 1. */
  public double maxClockDrift() {
    return Double.parseDouble(get(Settings.MAX_CLOCK_DRIFT));
  }

  /** At most one day. */
  public Duration maxStaleness() {
    return Time.parse(get(Settings.MAX_STALENESS));
  }

  public Duration requestTimeout() {
    return Time.parse(get(Settings.REQUEST_TIMEOUT));
  }

  public int maxConnections() {
    return Integer.parseInt(get(Settings.MAX_CONNECTIONS));
  }

  public int maxRequests() {
    return Integer.parseInt(get(Settings.MAX_REQUESTS));
  }

  /** In the form that {@code -Xmx} takes. */
  public String heap() {
    return get(Settings.HEAP);
  }

  /** Of a node, besides its own. */
  public List<String> jvmOptions() {
    String options = get(Settings.JVM_OPTIONS);
    return options.isEmpty() ? List.of() : List.of(options.split(" "));
  }

  public Duration readyTimeout() {
    return Time.parse(get(Settings.READY_TIMEOUT));
  }

  public Duration stopTimeout() {
    return Time.parse(get(Settings.STOP_TIMEOUT));
  }

  /** Bytes. */
  public long logFileSize() {
    return Size.parse(get(Settings.LOG_FILE_SIZE));
  }

  public int logFiles() {
    return Integer.parseInt(get(Settings.LOG_FILES));
  }

  public int port(int node, Listener listener) {
    return Integer.parseInt(get(Settings.port(node, listener)));
  }

  /** The address for others, {@code host:port}. */
  public String advertised(int node, Listener listener) {
    String host = advertisedAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port(node, listener);
  }

  /** Where snapshots go, besides the nodes' own directories. */
  public Optional<SnapshotDestination> snapshotDestination() {
    return SnapshotDestination.parse(get(SnapshotSettings.DESTINATION));
  }

  /** How many records are applied from one snapshot to the next, at least. */
  public long snapshotInterval() {
    return Long.parseLong(get(SnapshotSettings.INTERVAL));
  }

  /** How many snapshots stay at the destination, at least 1. */
  public int snapshotsRetained() {
    return Integer.parseInt(get(SnapshotSettings.NUM_RETAINED));
  }

  /** Whether the launcher runs the S3 server that the snapshots go to. */
  public boolean embedsS3() {
    return snapshotDestination().isPresent() && get(SnapshotSettings.ENDPOINT_URL).isEmpty();
  }

  /** Where the S3 server is, whoever runs it. */
  public URI s3Endpoint() {
    String endpoint = get(SnapshotSettings.ENDPOINT_URL);
    return URI.create(endpoint.isEmpty() ? "http://127.0.0.1:" + s3Port() : endpoint);
  }

  /** Of the S3 server that the launcher runs. */
  public int s3Port() {
    return Integer.parseInt(get(SnapshotSettings.S3_PORT));
  }

  public String s3Region() {
    return get(SnapshotSettings.REGION);
  }

  /** The access key's id and the secret access key; both, or none. */
  public Optional<List<String>> s3Keys() {
    return both(SnapshotSettings.ACCESS_KEY_ID, SnapshotSettings.SECRET_ACCESS_KEY);
  }

  /** The only user of the S3 server that the launcher runs, and the password; both, or none. */
  public Optional<List<String>> s3Root() {
    return both(SnapshotSettings.ROOT_USER, SnapshotSettings.ROOT_PASSWORD);
  }

  private Optional<List<String>> both(Setting name, Setting secret) {
    List<String> both = List.of(get(name), get(secret));
    return both.contains("") ? Optional.empty() : Optional.of(both);
  }

  /** The id of a node in the Raft group. */
  public static String nodeName(int node) {
    return "node-" + node;
  }

  /** The number of the node with that id. */
  public static int nodeNumber(String name) {
    return Integer.parseInt(name.substring("node-".length()));
  }

  /**
   * Which node this process is.
   *
   * @throws ConfigException if neither name nor number is set, or they differ
   */
  public int thisNode() {
    String name = get(Settings.NODE_NAME);
    String id = get(Settings.FORCE_NODE_ID);
    if (name.isEmpty() && id.isEmpty()) {
      throw new ConfigException(
          "which node is this? Set " + Settings.NODE_NAME.variable() + " to node-1, for example");
    }
    if (id.isEmpty()) {
      return nodeNumber(name);
    }
    int node = Integer.parseInt(id);
    if (!name.isEmpty() && !name.equals(nodeName(node))) {
      throw new ConfigException(
          "%s is %s, but %s is %s"
              .formatted(Settings.NODE_NAME.name(), name, Settings.FORCE_NODE_ID.name(), id));
    }
    return node;
  }

  /** The environment in which another process finds this configuration, without any file. */
  public Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    for (Setting setting : Settings.ALL) {
      environment.put(setting.variable(), get(setting));
    }
    environment.put(Settings.CONFIG_FILE.variable(), "");
    environment.put(Settings.DATA_DIR.variable(), dataDirectory().toString());
    return environment;
  }

  /** The same for a process that is this node. */
  public Map<String, String> environmentOf(int node) {
    Map<String, String> environment = environment();
    environment.put(Settings.NODE_NAME.variable(), nodeName(node));
    environment.put(Settings.FORCE_NODE_ID.variable(), "");
    return environment;
  }

  private void checkTimes() {
    if (heartbeatInterval().multipliedBy(2).compareTo(electionTimeout()) > 0) {
      throw new ConfigException(
          "%s (%s) must be at most half of %s (%s)"
              .formatted(
                  Settings.HEARTBEAT_INTERVAL.name(),
                  get(Settings.HEARTBEAT_INTERVAL),
                  Settings.ELECTION_TIMEOUT.name(),
                  get(Settings.ELECTION_TIMEOUT)));
    }
  }

  private void checkAdvertisedAddress() {
    String address = advertisedAddress();
    if (address.equals("0.0.0.0") || address.equals("::")) {
      throw new ConfigException(
          "%s is %s, which nobody can connect to; set it to an address of this machine"
              .formatted(Settings.ADVERTISED_ADDRESS.name(), address));
    }
  }

  private void checkPorts() {
    Map<Integer, Setting> taken = new TreeMap<>();
    for (int node = 1; node <= Settings.MAX_NODES; node++) {
      for (Listener listener : Listener.values()) {
        Setting setting = Settings.port(node, listener);
        Setting other = taken.putIfAbsent(port(node, listener), setting);
        if (other != null) {
          throw new ConfigException(
              "port %d is given to both %s and %s"
                  .formatted(port(node, listener), other.name(), setting.name()));
        }
      }
    }
    Setting other = embedsS3() ? taken.get(s3Port()) : null;
    if (other != null) {
      throw new ConfigException(
          "port %d is given to both %s and %s"
              .formatted(s3Port(), other.name(), SnapshotSettings.S3_PORT.name()));
    }
  }

  private void checkCredentials() {
    checkBothOrNone(SnapshotSettings.ACCESS_KEY_ID, SnapshotSettings.SECRET_ACCESS_KEY);
    checkBothOrNone(SnapshotSettings.ROOT_USER, SnapshotSettings.ROOT_PASSWORD);
  }

  private void checkBothOrNone(Setting one, Setting other) {
    if (get(one).isEmpty() != get(other).isEmpty()) {
      throw new ConfigException(
          "%s and %s must be set both, or neither".formatted(one.name(), other.name()));
    }
  }
}
