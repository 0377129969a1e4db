package io.raftlessons.runtime;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.PeerGrpc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers that talk over gRPC: one port to listen on, and two ordered streams to each peer: one for
 * the chunks of snapshots, one for all other messages. What is queued while a frame is on its way
 * goes into the next frame.
 *
 * <p>Two daemon threads do everything: one sends to all peers, one receives from all. A handler
 * that blocks therefore stops the receiving; the peers' queues fill, they drop, and after {@code
 * aliveTimeout} they hang up.
 *
 * <p>Peers come from {@link #addPeer}. A peer that is not among them, but opened a stream to this
 * server, is answered at the address it advertised. There is no encryption and no authentication:
 * the port belongs on a network of its own.
 *
 * <p>{@link #close} must be called even if {@link #start} was not. Thread-safe.
 */
public final class GrpcTransport implements Transport {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcTransport.class);
  private static final long CLOSE_WAIT_SECONDS = 2;
  private static final int SERVICE_THREADS = 4;
  private static final int MAX_CALLS_PER_CONNECTION = 256;
  private static final int HANDSHAKE_SECONDS = 10;

  private final GrpcOptions options;
  private final NettyThread sending;
  private final NettyThread receiving;
  private final PeerService service;
  private final Map<String, PeerLanes> peers = new ConcurrentHashMap<>();
  private final LinkedHashMap<String, PeerLanes> learned = new LinkedHashMap<>();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong unhandled = new AtomicLong();
  private final AtomicLong undeliverable = new AtomicLong();
  private final Object lifecycle = new Object();
  private volatile @Nullable Consumer<Envelope> handler;
  private volatile @Nullable Server server;
  private volatile int port = -1;
  private @Nullable ExecutorService serviceThreads;
  private volatile boolean closed;

  public GrpcTransport(GrpcOptions options) {
    this.options = options;
    sending = new NettyThread("send-" + options.localId());
    receiving = new NettyThread("receive-" + options.localId());
    service = new PeerService(options, this::receive, this::learn);
  }

  /**
   * Listens, and connects to the peers that were added.
   *
   * @throws IOException if the port cannot be bound; the transport can only be closed then
   * @throws IllegalStateException if it was started or closed before
   */
  public void start() throws IOException {
    synchronized (lifecycle) {
      if (server != null || closed) {
        throw new IllegalStateException("a transport is started once");
      }
      Server listening = newServer().start();
      port = listening.getPort();
      server = listening;
      service.start(receiving);
      peers.values().forEach(PeerLanes::start);
    }
  }

  /** The port that is listened on; -1 if it is not yet or not any more. */
  public int port() {
    return port;
  }

  /** "host:port", as others are told. */
  public String advertisedAddress() {
    if (!options.advertisedAddress().isEmpty()) {
      return options.advertisedAddress();
    }
    String host = options.bindHost();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
  }

  /**
   * From now on the peer is at that address. It need not be there yet.
   *
   * @throws IllegalArgumentException if the address is not "host:port"
   */
  public void addPeer(String id, String address) {
    Hello.checkId(id);
    Address at = Address.parse(address);
    synchronized (lifecycle) {
      PeerLanes old = peers.get(id);
      if (closed || id.equals(options.localId()) || (old != null && old.address().equals(at))) {
        return;
      }
      PeerLanes link = new PeerLanes(options, sending, lane -> hello(id, lane), id, at, true);
      peers.put(id, link);
      if (old != null) {
        old.close();
      }
      if (server != null) {
        link.start();
      }
    }
  }

  /** Forgets the address. Messages that wait for the peer are dropped. */
  public void removePeer(String id) {
    synchronized (lifecycle) {
      PeerLanes link = peers.remove(id);
      if (link != null) {
        link.close();
      }
    }
  }

  @Override
  public void handle(Consumer<Envelope> handler) {
    this.handler = handler;
  }

  /** An envelope of more than {@code maxMessageBytes} is dropped too, and that is logged. */
  @Override
  public void send(Envelope envelope) {
    if (closed || server == null) {
      undeliverable.incrementAndGet();
      return;
    }
    String to = envelope.getTo();
    if (to.equals(options.localId())) {
      receive(envelope);
      return;
    }
    PeerLanes link = link(to);
    if (link == null) {
      undeliverable.incrementAndGet();
    } else if (envelope.getSerializedSize() > options.maxMessageBytes()) {
      undeliverable.incrementAndGet();
      LOG.error(
          "dropped {} to {}: its {} bytes exceed the {} of maxMessageBytes",
          envelope.getBodyCase(),
          to,
          envelope.getSerializedSize(),
          options.maxMessageBytes());
    } else {
      link.send(envelope);
    }
  }

  /**
   * Counters: {@code sent}, {@code received}, {@code dropped} (all peers, and what had no way to
   * go), {@code unhandled} (no handler, or it threw), {@code misdirected} (named another sender,
   * receiver or cluster than its stream), {@code refused} (streams), {@code learned}; and for each
   * peer {@code peer.ID.connected} (0 or 1), {@code connects}, {@code sent}, {@code dropped},
   * {@code queued}; and {@code peer.ID.snapshots.} with the same, for the stream of snapshots.
   */
  public SortedMap<String, Long> stats() {
    SortedMap<String, Long> stats = new TreeMap<>();
    long sent = 0;
    long dropped = undeliverable.get();
    for (PeerLanes link : links()) {
      sent += link.sent();
      dropped += link.dropped();
      link.stats(stats);
    }
    stats.put("sent", sent);
    stats.put("dropped", dropped);
    stats.put("received", received.get());
    stats.put("unhandled", unhandled.get());
    stats.put("misdirected", service.misdirected());
    stats.put("refused", service.refused());
    synchronized (learned) {
      stats.put("learned", (long) learned.size());
    }
    return stats;
  }

  /** Why peers refuse this server's streams, by peer; only those that do. */
  public SortedMap<String, String> refusals() {
    SortedMap<String, String> refusals = new TreeMap<>();
    for (PeerLanes link : links()) {
      String refusal = link.refusal();
      if (refusal != null) {
        refusals.put(link.id(), refusal);
      }
    }
    return refusals;
  }

  /** Waits a few seconds at most for connections and threads to end. */
  @Override
  public void close() {
    List<PeerLanes> links;
    Server listening;
    synchronized (lifecycle) {
      closed = true;
      links = links();
      listening = server;
      port = -1;
    }
    links.forEach(PeerLanes::close);
    try {
      if (listening != null) {
        listening.shutdownNow();
        listening.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS);
      }
      for (PeerLanes link : links) {
        link.awaitClosed(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS);
      }
      sending.shutdown();
      receiving.shutdown();
      sending.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS);
      receiving.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      sending.shutdown();
      receiving.shutdown();
      Thread.currentThread().interrupt();
    }
    if (serviceThreads != null) {
      serviceThreads.shutdownNow();
    }
  }

  private Server newServer() {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(options.bindHost(), options.bindPort()))
            .bossEventLoopGroup(receiving.group())
            .workerEventLoopGroup(receiving.group())
            .channelType(NioServerSocketChannel.class)
            .executor(receiving.executor())
            .flowControlWindow(PeerConnection.WINDOW_BYTES)
            .maxInboundMessageSize(
                Math.max(options.maxMessageBytes(), PeerLink.FRAME_BYTES)
                    + PeerLink.ENVELOPE_OVERHEAD)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTime(options.aliveInterval().toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(options.aliveTimeout().toNanos(), TimeUnit.NANOSECONDS)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(service.definition());
    if (!options.services().isEmpty()) {
      ExecutorService threads = Executors.newFixedThreadPool(SERVICE_THREADS, this::serviceThread);
      serviceThreads = threads;
      options.services().forEach((BindableService added) -> builder.addService(added));
      builder.callExecutor(forServices(threads));
    }
    return builder.build();
  }

  private Thread serviceThread(Runnable task) {
    Thread thread = new Thread(task, "service-" + options.localId());
    thread.setDaemon(true);
    return thread;
  }

  /** The receiving thread is for the peers' streams alone: other services may block. */
  private static ServerCallExecutorSupplier forServices(Executor threads) {
    return new ServerCallExecutorSupplier() {
      @Override
      public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata metadata) {
        return PeerGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName())
            ? null
            : threads;
      }
    };
  }

  private Hello hello(String to, Lane lane) {
    return new Hello(
        Hello.VERSION,
        options.clusterFingerprint(),
        options.localId(),
        to,
        advertisedAddress(),
        lane);
  }

  private @Nullable PeerLanes link(String id) {
    PeerLanes told = peers.get(id);
    if (told != null) {
      return told;
    }
    synchronized (learned) {
      return learned.get(id);
    }
  }

  private List<PeerLanes> links() {
    List<PeerLanes> links = new ArrayList<>();
    synchronized (learned) {
      links.addAll(learned.values());
    }
    links.addAll(peers.values());
    return links;
  }

  private void learn(String id, String address) {
    Address at = Address.parse(address);
    List<PeerLanes> forgotten = new ArrayList<>();
    synchronized (learned) {
      PeerLanes old = learned.remove(id);
      if (old != null && !old.address().equals(at)) {
        forgotten.add(old);
        old = null;
      }
      learned.put(
          id,
          old != null
              ? old
              : new PeerLanes(options, sending, lane -> hello(id, lane), id, at, false));
      var eldest = learned.entrySet().iterator();
      while (learned.size() > options.learnedPeers()) {
        forgotten.add(eldest.next().getValue());
        eldest.remove();
      }
    }
    forgotten.forEach(PeerLanes::close);
  }

  private void receive(Envelope envelope) {
    received.incrementAndGet();
    Consumer<Envelope> to = handler;
    if (to == null || closed) {
      unhandled.incrementAndGet();
      return;
    }
    try {
      to.accept(envelope);
    } catch (RuntimeException e) {
      unhandled.incrementAndGet();
      LOG.error("the handler of {} failed", options.localId(), e);
    }
  }
}
