package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.raftlessons.core.EnvelopeFuzzer;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Frame;
import io.raftlessons.wire.PeerGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damaged streams to a server that listens: each is ended, and the next one is served. */
@Timeout(300)
class GrpcFuzzTest extends GrpcFixture {
  private static final int FRAMES = 2_000;
  private static final int GREETINGS = 200;

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private static final MethodDescriptor<byte[], byte[]> METHOD =
      PeerGrpc.getStreamMethod().toBuilder(BYTES, BYTES).build();

  /** gRPC writes a stack trace for every frame that it cannot read. */
  private final Logger stackTraces = Logger.getLogger("io.grpc.internal.SerializingExecutor");

  private final SimRandom random = new SimRandom(1);
  private final AtomicLong received = new AtomicLong();
  private GrpcTransport b;
  private ManagedChannel channel;

  @BeforeEach
  void listen() {
    stackTraces.setLevel(Level.OFF);
    b = start("b");
    b.handle(message -> received.incrementAndGet());
    channel = ManagedChannelBuilder.forAddress("127.0.0.1", b.port()).usePlaintext().build();
  }

  @AfterEach
  void hangUp() throws InterruptedException {
    stackTraces.setLevel(null);
    channel.shutdownNow();
    assertThat(channel.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
  }

  /** A stream of bytes, and how it ends. */
  private final class RawStream extends ClientCall.Listener<byte[]> {
    final CompletableFuture<Status> ended = new CompletableFuture<>();
    final CompletableFuture<byte[]> taken = new CompletableFuture<>();
    final ClientCall<byte[], byte[]> call = channel.newCall(METHOD, CallOptions.DEFAULT);

    RawStream(Metadata hello) {
      call.start(this, hello);
      call.request(Integer.MAX_VALUE);
    }

    @Override
    public void onMessage(byte[] ack) {
      taken.complete(ack);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      ended.complete(status);
    }
  }

  private RawStream open() {
    return new RawStream(
        new Hello("1", CLUSTER, "a", "b", "127.0.0.1:1", Lane.MESSAGES).toMetadata());
  }

  @Test
  void aDamagedFrameEndsItsStreamAndNothingElse() throws Exception {
    EnvelopeFuzzer fuzzer = new EnvelopeFuzzer(random, "b", List.of("a"), CLUSTER);
    long meant = 0;
    long ended = 0;
    RawStream stream = open();
    for (int i = 0; i < FRAMES; i++) {
      byte[] frame = Frame.newBuilder().addEnvelopes(fuzzer.wellFormed()).build().toByteArray();
      if (random.chance(0.1)) {
        frame = fuzzer.damaged(frame);
      }
      stream.call.sendMessage(frame);
      try {
        meant +=
            forB(PeerGrpc.getStreamMethod().parseRequest(ByteString.copyFrom(frame).newInput()));
      } catch (RuntimeException e) {
        ended++;
        assertThat(stream.ended.get(20, TimeUnit.SECONDS).getCode())
            .isIn(Status.Code.INTERNAL, Status.Code.UNKNOWN, Status.Code.CANCELLED);
        stream = open();
      }
    }
    assertThat(ended).isGreaterThan(50);
    long all = meant;
    await().atMost(SOON).until(() -> received.get() == all);
    serves();
  }

  private static long forB(Frame frame) {
    return frame.getEnvelopesList().stream()
        .filter(e -> e.getFrom().equals("a") && e.getTo().equals("b"))
        .filter(e -> e.getCluster() == CLUSTER)
        .count();
  }

  @Test
  void whoIntroducesItselfBadlyIsRefusedAndForgotten() throws Exception {
    int taken = 0;
    for (int i = 0; i < GREETINGS; i++) {
      RawStream stream = new RawStream(damagedHello());
      CompletableFuture.anyOf(stream.ended, stream.taken).get(20, TimeUnit.SECONDS);
      if (stream.taken.isDone()) {
        taken++;
        stream.call.cancel("done", null);
      } else {
        assertThat(stream.ended.join().getCode())
            .isIn(
                Status.Code.INVALID_ARGUMENT,
                Status.Code.FAILED_PRECONDITION,
                Status.Code.INTERNAL);
      }
    }
    assertThat(taken).isBetween(1, GREETINGS / 2);
    assertThat(stat(b, "refused")).isGreaterThan(GREETINGS / 2);
    assertThat(stat(b, "learned")).isLessThanOrEqualTo(options("b").build().learnedPeers());
    serves();
  }

  private Metadata damagedHello() {
    Metadata hello =
        new Hello("1", CLUSTER, "a" + random.nextInt(9), "b", "127.0.0.1:1", Lane.MESSAGES)
            .toMetadata();
    List<String> keys = List.copyOf(hello.keys());
    String name = keys.get(random.nextInt(keys.size()));
    if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
      Metadata.Key<byte[]> key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
      replace(hello, key, bytes());
    } else if (name.startsWith("raft-")) {
      Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
      replace(hello, key, Long.toString(random.nextLong(), 36));
    }
    return hello;
  }

  private <T> void replace(Metadata metadata, Metadata.Key<T> key, T value) {
    metadata.discardAll(key);
    if (random.chance(0.8)) {
      metadata.put(key, value);
    }
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(400)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) random.nextInt();
    }
    return bytes;
  }

  private void serves() {
    GrpcTransport a = start("a");
    connect(a, "b", b);
    long before = received.get();
    Envelope message = message("a", "b", 1);
    a.send(message);
    await().atMost(SOON).until(() -> received.get() == before + 1);
    assertThat(stat(b, "unhandled")).isZero();
  }
}
