package io.raftlessons.cluster.node;

import io.raftlessons.cluster.admin.AdminServer;
import io.raftlessons.cluster.admin.NodeMetrics;
import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.ingress.Ingress;
import io.raftlessons.cluster.ingress.IngressOptions;
import io.raftlessons.cluster.raft.RaftGroup;
import io.raftlessons.cluster.raft.SharedTransport;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.replication.ReplicationNode;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import io.raftlessons.runtime.DataDirectory;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.runtime.GrpcOptions;
import io.raftlessons.runtime.GrpcTransport;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.RealHost;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything a node consists of, put together. */
final class NodeProcess implements AutoCloseable {
  private static final long SHUTDOWN_SECONDS = 3;
  private static final Logger log = LoggerFactory.getLogger(NodeProcess.class);

  private final ClusterConfig config;
  private final ClusterIdentity cluster;
  private final int number;
  private final String name;

  /** What is open, the newest first. */
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  private final RealHost host;
  private final SharedTransport transport;
  private final KeyValueMachine machine = new KeyValueMachine(machineLimits());
  private final ReplicationNode raft;

  private NodeProcess(ClusterConfig config) throws IOException {
    this.config = config;
    number = config.thisNode();
    name = ClusterConfig.nodeName(number);
    cluster = ClusterIdentity.read(config.dataDirectory());
    try {
      RealDisk disk = new RealDisk(config.dataDirectory().resolve(name));
      opened(DataDirectory.open(disk, "", cluster.fingerprint(), name));
      GrpcTransport grpc = opened(new GrpcTransport(transportOptions()));
      transport = new SharedTransport(grpc);
      host = opened(new RealHost(name, grpc, disk));
      // Drawn before the raft loop, whose generator it is, begins.
      long firstRequest = host.random().nextLong() >>> 1;
      raft = startRaft(grpc);
      startServers(firstRequest);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts the node that the configuration names.
   *
   * @throws IOException if its directory cannot be used or a port cannot be bound; the message says
   *     which
   */
  static NodeProcess start(ClusterConfig config) throws IOException {
    return new NodeProcess(config);
  }

  private ReplicationNode startRaft(GrpcTransport grpc) throws IOException {
    FileStableStore stable = opened(new FileStableStore(host.disk(), ""));
    SegmentedLogStore logStore =
        opened(
            SegmentedLogStore.open(
                host.disk(), host.loop("prealloc"), SegmentedLogStore.Options.defaults("log")));
    List<String> voters = new ArrayList<>();
    for (int node = 1; node <= Settings.NODES; node++) {
      String id = ClusterConfig.nodeName(node);
      voters.add(id);
      if (node != number) {
        grpc.addPeer(id, config.advertised(node, Listener.NODE));
      }
    }
    ReplicationNode node =
        ReplicationNode.start(
            ReplicationNode.Setup.reference(raftConfig(), voters),
            stable,
            logStore,
            machine,
            transport.on(host));
    opened(() -> node.shutdown().get(SHUTDOWN_SECONDS, TimeUnit.SECONDS));
    node.observe(
        now -> log.info("role {}, term {}, leader {}", now.role(), now.term(), now.leader()));
    grpc.start();
    return node;
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
    RaftView view = new RaftView(config, cluster, name, raft);
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

  private GrpcOptions transportOptions() {
    return GrpcOptions.builder(name, cluster.fingerprint())
        .bind(config.bindAddress(), config.port(number, Listener.NODE))
        .advertisedAddress(config.advertised(number, Listener.NODE))
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
