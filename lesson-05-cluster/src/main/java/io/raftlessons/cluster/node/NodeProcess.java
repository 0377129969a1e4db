package io.raftlessons.cluster.node;

import io.raftlessons.cluster.admin.AdminServer;
import io.raftlessons.cluster.admin.NodeMetrics;
import io.raftlessons.cluster.archive.Archive;
import io.raftlessons.cluster.archive.ArchivedSnapshotStore;
import io.raftlessons.cluster.backup.SnapshotBucket;
import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.ConfigException;
import io.raftlessons.cluster.config.Reads;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.ingress.Ingress;
import io.raftlessons.cluster.ingress.IngressOptions;
import io.raftlessons.cluster.operator.OperatorService;
import io.raftlessons.cluster.raft.RaftGroup;
import io.raftlessons.cluster.raft.ReadPolicy;
import io.raftlessons.cluster.raft.SharedTransport;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.ReadOptions;
import io.raftlessons.replication.LogStore;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import io.raftlessons.runtime.DataDirectory;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.runtime.GrpcOptions;
import io.raftlessons.runtime.GrpcTransport;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.RealHost;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.snapshots.FileSnapshotStore;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.snapshots.SnapshotConfig;
import io.raftlessons.snapshots.SnapshotStore;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything a node consists of, put together. */
final class NodeProcess implements AutoCloseable {
  /** A leader that cannot hand over in this time stops all the same. */
  static final long HAND_OVER_MILLIS = 400;

  private static final long SHUTDOWN_SECONDS = 3;
  private static final Duration LOOK_FOR_SNAPSHOT = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(NodeProcess.class);

  private final ClusterConfig config;
  private final RaftParts parts;
  private final ClusterIdentity cluster;
  private final int number;
  private final String name;

  /** What is open, the newest first. */
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  private final RealHost host;
  private final OperatorService operators;
  private final SharedTransport transport;
  private final KeyValueMachine machine = new KeyValueMachine(machineLimits());
  private final Optional<Archive> archive;
  private final Raft raft;

  private NodeProcess(ClusterConfig config, boolean bootstrap, RaftParts parts) throws IOException {
    this.config = config;
    this.parts = parts;
    number = config.thisNode();
    name = ClusterConfig.nodeName(number);
    cluster = ClusterIdentity.read(config.dataDirectory());
    operators = new OperatorService(cluster.fingerprint());
    try {
      RealDisk disk = new RealDisk(config.dataDirectory().resolve(name));
      opened(DataDirectory.open(disk, "", cluster.fingerprint(), name));
      GrpcTransport grpc = opened(new GrpcTransport(transportOptions()));
      transport = new SharedTransport(grpc);
      host = opened(new RealHost(name, grpc, disk));
      // Drawn before the raft loop, whose generator it is, begins.
      long firstRequest = host.random().nextLong() >>> 1;
      archive = archive();
      raft = startRaft(grpc, bootstrap);
      startServers(firstRequest);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts the node that the configuration names.
   *
   * @param bootstrap whether a node without any state begins a new cluster of the first three. Else
   *     it waits to be added to a cluster
   * @param parts what its Raft is made of
   * @throws IOException if its directory cannot be used or a port cannot be bound; the message says
   *     which
   */
  static NodeProcess start(ClusterConfig config, boolean bootstrap, RaftParts parts)
      throws IOException {
    return new NodeProcess(config, bootstrap, parts);
  }

  private Raft startRaft(GrpcTransport grpc, boolean bootstrap) throws IOException {
    FileStableStore stable = opened(new FileStableStore(host.disk(), ""));
    SegmentedLogStore logStore =
        opened(
            SegmentedLogStore.open(
                host.disk(), host.loop("prealloc"), SegmentedLogStore.Options.defaults("log")));
    FileSnapshotStore snapshots =
        FileSnapshotStore.open(
            host.disk(), host::wallClockMillis, FileSnapshotStore.Options.defaults(""));
    if (bootstrap) {
      bootstrap(stable, logStore, snapshots);
    }
    Raft node =
        Raft.create(
            parts.setup(raftConfig(), snapshotConfig(), readOptions()),
            machine,
            logStore,
            stable,
            archived(snapshots),
            transport.on(host));
    opened(() -> node.shutdown().get(SHUTDOWN_SECONDS, TimeUnit.SECONDS));
    requireSameAddress(node.getConfiguration().latest());
    ConfiguredPeers peers = new ConfiguredPeers(grpc, node);
    node.registerObserver(observation -> peers.update());
    host.callbacks().execute(peers::update);
    node.observe(
        now -> log.info("role {}, term {}, leader {}", now.role(), now.term(), now.leader()));
    operators.serve(node, archive);
    archive.ifPresent(
        copies -> {
          opened(copies::close);
          copies.begin(new ArchivedRaft(node));
        });
    grpc.start();
    return node;
  }

  private SnapshotStore archived(SnapshotStore own) {
    return archive
        .<SnapshotStore>map(
            copies -> new ArchivedSnapshotStore(own, () -> copies.status().oldestIndex()))
        .orElse(own);
  }

  private Optional<Archive> archive() throws IOException {
    Optional<SnapshotBucket> bucket =
        SnapshotBucket.of(config, cluster, config.dataDirectory().resolve(name));
    bucket.ifPresent(this::opened);
    return bucket.map(
        place -> new Archive(host.loop("archive"), place, Archive.Options.defaults()));
  }

  /** The same on every one of the first nodes, so that it does not matter who has it when. */
  private void bootstrap(StableStore stable, LogStore logStore, SnapshotStore snapshots)
      throws IOException {
    if (!Raft.hasExistingState(stable, logStore, snapshots)) {
      Configuration.Builder first = Configuration.newBuilder();
      for (int node = 1; node <= Settings.FIRST_NODES; node++) {
        first.addServers(
            Configurations.voter(
                ClusterConfig.nodeName(node), config.advertised(node, Listener.NODE)));
      }
      Raft.bootstrapCluster(stable, logStore, snapshots, first.build());
    }
  }

  /** The others look for this node where the configuration says. */
  private void requireSameAddress(Configuration latest) {
    Server self = Configurations.find(latest, name);
    String advertised = config.advertised(number, Listener.NODE);
    if (self != null && !self.getAddress().equals(advertised)) {
      throw new ConfigException(
          "the cluster knows %s at %s, and it would be at %s now: set %s and %s as before, or remove the node and add it again at its new address"
              .formatted(
                  name,
                  self.getAddress(),
                  advertised,
                  Settings.port(number, Listener.NODE).name(),
                  Settings.ADVERTISED_ADDRESS.name()));
    }
  }

  /** The same on every node, or their machines would differ. Replies kept: at most 32 MiB. */
  private static KeyValueMachine.Limits machineLimits() {
    KeyValueMachine.Limits limits = KeyValueMachine.Limits.defaults();
    return new KeyValueMachine.Limits(
        limits.sessionTimeoutMillis(),
        limits.maxSessions(),
        limits.maxResultsPerSession(),
        limits.idempotencyRetentionMillis(),
        limits.maxIdempotencyKeys(),
        limits.maxKeyLength(),
        limits.maxValueLength(),
        16 << 20);
  }

  private void startServers(long firstRequest) throws IOException {
    RaftView view = new RaftView(config, cluster, name, raft, archive);
    NodeMetrics metrics = opened(new NodeMetrics(view));
    opened(
        AdminServer.start(
            config.bindAddress(), config.port(number, Listener.ADMIN), view, metrics));
    RaftGroup group =
        new RaftGroup(
            host.loop("group"),
            transport,
            raft,
            machine::query,
            readPolicy(),
            cluster.fingerprint(),
            firstRequest);
    IngressOptions options =
        new IngressOptions(
            config.bindAddress(),
            config.port(number, Listener.INGRESS),
            name,
            config.maxConnections(),
            config.maxRequests(),
            config.requestTimeout());
    opened(new Ingress(options, group, host.loop("router"), metrics.registry()));
  }

  private RaftConfig raftConfig() {
    return RaftConfig.builder(name)
        .cluster(cluster.fingerprint())
        .electionTimeout(config.electionTimeout())
        .heartbeatInterval(config.heartbeatInterval())
        .build();
  }

  /** Who is less than an interval behind gets the log, and not a snapshot. */
  private SnapshotConfig snapshotConfig() {
    SnapshotConfig defaults = SnapshotConfig.defaults();
    return new SnapshotConfig(
        config.snapshotInterval(),
        LOOK_FOR_SNAPSHOT,
        config.snapshotInterval(),
        defaults.maxChunkBytes(),
        defaults.maxBytesPerSecond());
  }

  private ReadOptions readOptions() {
    return config.reads() == Reads.LEASE
        ? ReadOptions.withLeases(config.maxClockDrift())
        : ReadOptions.DEFAULTS;
  }

  private ReadPolicy readPolicy() {
    return switch (config.reads()) {
      case LEADER -> ReadPolicy.LEADER;
      case LEASE -> ReadPolicy.LEASE;
      case FOLLOWER -> ReadPolicy.FOLLOWER;
      case STALE -> ReadPolicy.stale(config.maxStaleness());
    };
  }

  private GrpcOptions transportOptions() {
    return GrpcOptions.builder(name, cluster.fingerprint())
        .bind(config.bindAddress(), config.port(number, Listener.NODE))
        .advertisedAddress(config.advertised(number, Listener.NODE))
        .service(operators)
        .build();
  }

  private <C extends AutoCloseable> C opened(C resource) {
    open.push(resource);
    return resource;
  }

  /** For the log: who this is and where it listens. */
  String describe() {
    return "node=%s ingress=%s admin=%s peers=%s"
        .formatted(
            name,
            config.advertised(number, Listener.INGRESS),
            config.advertised(number, Listener.ADMIN),
            config.advertised(number, Listener.NODE));
  }

  /** Why the node can do nothing any more, if that is so. */
  Optional<Throwable> failure() {
    return raft.failure();
  }

  /** Lets another node lead, if this one does and another can: then nobody waits for a timeout. */
  void handOver() {
    if (raft.state() != Role.LEADER) {
      return;
    }
    try {
      raft.leadershipTransfer().get(HAND_OVER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      log.warn("leadership was not handed over: {}", e.getMessage());
    } catch (TimeoutException e) {
      log.warn("leadership was not handed over within {} ms", HAND_OVER_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes in reverse order of opening. Idempotent; called by one thread at a time. */
  @Override
  public void close() {
    while (!open.isEmpty()) {
      AutoCloseable resource = open.pop();
      try {
        resource.close();
      } catch (Exception e) {
        log.warn("closing {} failed", resource, e);
      }
    }
  }
}
