package io.raftlessons.runtime;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Frame;
import io.raftlessons.wire.FrameAck;
import io.raftlessons.wire.PeerGrpc;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiving half of a {@link GrpcTransport}: streams that others opened. Everything runs on the
 * receiving thread.
 *
 * <p>Who opens a stream must be of this cluster and mean this server; whether it is in the
 * configuration does not matter, because a server that was just added knows of it before we do.
 */
final class PeerService implements ServerCallHandler<Frame, FrameAck> {
  private static final Logger LOG = LoggerFactory.getLogger(PeerService.class);

  /** A bound against strangers; a cluster has far fewer servers. */
  private static final int MAX_STREAMS = 256;

  private final GrpcOptions options;
  private final Consumer<Envelope> receiver;
  private final BiConsumer<String, String> learned;

  /** By lane and sender. */
  private final Map<String, Stream> streams = new TreeMap<>();

  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong misdirected = new AtomicLong();

  /**
   * @param receiver told what arrives, on the receiving thread
   * @param learned told id and advertised address of everyone who opens a stream
   */
  PeerService(
      GrpcOptions options, Consumer<Envelope> receiver, BiConsumer<String, String> learned) {
    this.options = options;
    this.receiver = receiver;
    this.learned = learned;
  }

  ServerServiceDefinition definition() {
    return ServerServiceDefinition.builder(PeerGrpc.SERVICE_NAME)
        .addMethod(PeerGrpc.getStreamMethod(), this)
        .build();
  }

  void start(NettyThread thread) {
    long interval = options.aliveInterval().toNanos();
    var unused =
        thread
            .executor()
            .scheduleAtFixedRate(this::sayAlive, interval, interval, TimeUnit.NANOSECONDS);
  }

  /** Streams that were refused. */
  long refused() {
    return refused.get();
  }

  /** Envelopes that named another sender, receiver or cluster than their stream. */
  long misdirected() {
    return misdirected.get();
  }

  @Override
  public ServerCall.Listener<Frame> startCall(ServerCall<Frame, FrameAck> call, Metadata headers) {
    Hello hello;
    try {
      hello = Hello.from(headers);
    } catch (IllegalArgumentException e) {
      return refuse(call, Status.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
    }
    String objection = objection(hello);
    if (objection != null) {
      return refuse(call, Status.FAILED_PRECONDITION, objection);
    }
    String from = hello.from();
    String key = hello.lane().text() + ' ' + from;
    if (streams.size() >= MAX_STREAMS && !streams.containsKey(key)) {
      return refuse(call, Status.RESOURCE_EXHAUSTED, "too many streams");
    }
    Stream stream = new Stream(key, from, call);
    Stream old = streams.put(key, stream);
    if (old != null) {
      old.call.close(
          Status.ABORTED.withDescription("a newer stream of " + from + " took its place"),
          new Metadata());
    }
    learned.accept(from, hello.address());
    call.sendHeaders(new Metadata());
    call.sendMessage(FrameAck.getDefaultInstance());
    call.request(2);
    return stream;
  }

  private @Nullable String objection(Hello hello) {
    if (hello.cluster() != options.clusterFingerprint()) {
      return "server "
          + options.localId()
          + " belongs to another cluster: "
          + Long.toHexString(options.clusterFingerprint())
          + ", not "
          + Long.toHexString(hello.cluster());
    }
    if (!hello.to().equals(options.localId())) {
      return "this is server " + options.localId() + ", not " + hello.to();
    }
    if (hello.from().equals(options.localId())) {
      return "the id " + hello.from() + " is taken by the server you called";
    }
    return null;
  }

  private ServerCall.Listener<Frame> refuse(
      ServerCall<Frame, FrameAck> call, Status status, String why) {
    refused.incrementAndGet();
    LOG.debug("{} refused a stream: {}", options.localId(), why);
    call.close(status.withDescription(why), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private void sayAlive() {
    for (Stream stream : new ArrayList<>(streams.values())) {
      if (stream.call.isReady()) {
        stream.call.sendMessage(FrameAck.getDefaultInstance());
      }
    }
  }

  private final class Stream extends ServerCall.Listener<Frame> {
    private final String key;
    private final String from;
    private final ServerCall<Frame, FrameAck> call;

    Stream(String key, String from, ServerCall<Frame, FrameAck> call) {
      this.key = key;
      this.from = from;
      this.call = call;
    }

    @Override
    public void onMessage(Frame frame) {
      if (streams.get(key) != this) {
        return;
      }
      for (Envelope envelope : frame.getEnvelopesList()) {
        if (envelope.getFrom().equals(from)
            && envelope.getTo().equals(options.localId())
            && envelope.getCluster() == options.clusterFingerprint()) {
          receiver.accept(envelope);
        } else {
          misdirected.incrementAndGet();
        }
      }
      call.request(1);
    }

    @Override
    public void onHalfClose() {
      if (streams.remove(key, this)) {
        call.close(Status.OK, new Metadata());
      }
    }

    @Override
    public void onCancel() {
      streams.remove(key, this);
    }

    @Override
    public void onComplete() {
      streams.remove(key, this);
    }
  }
}
