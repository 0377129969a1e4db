package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Frame;
import io.raftlessons.wire.FrameAck;
import io.raftlessons.wire.PeerGrpc;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(120)
class GrpcRefusalTest extends GrpcFixture {
  private final Logger logger = (Logger) LoggerFactory.getLogger(PeerLink.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void record() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stopRecording() {
    logger.detachAppender(log);
  }

  @Test
  void anotherClustersServerIsRefusedAndToldSoOnce() {
    GrpcTransport a =
        start(
            GrpcOptions.builder("a", 0xBEEFL).backoff(Duration.ofMillis(1), Duration.ofMillis(5)));
    GrpcTransport b = start("b");
    List<Envelope> received = collect(b);
    a.addPeer("b", b.advertisedAddress());
    await()
        .atMost(SOON)
        .until(
            () -> {
              a.send(message("a", "b", 1));
              return stat(b, "refused") >= 5;
            });
    assertThat(a.refusals())
        .containsOnlyKeys("b")
        .containsEntry(
            "b", "FAILED_PRECONDITION: server b belongs to another cluster: cafe, not beef");
    assertThat(List.copyOf(log.list)).filteredOn(e -> e.getLevel() == Level.WARN).hasSize(1);
    assertThat(received).isEmpty();
    assertThat(stat(a, "peer.b.connects")).isZero();
  }

  @Test
  void aStreamToAnotherServerIsRefused() {
    GrpcTransport a = start("a");
    GrpcTransport b = start("b");
    a.addPeer("c", b.advertisedAddress());
    await().atMost(SOON).until(() -> a.refusals().containsKey("c"));
    assertThat(a.refusals().get("c")).contains("this is server b, not c");
    assertThat(log.list)
        .anySatisfy(e -> assertThat(e.getFormattedMessage()).contains("this is server b, not c"));
  }

  @Test
  void aRefusalIsForgottenWhenThePeerTakesTheStream() {
    GrpcTransport a = start("a");
    GrpcTransport wrong = start("c");
    int port = wrong.port();
    a.addPeer("b", wrong.advertisedAddress());
    await().atMost(SOON).until(() -> a.refusals().containsKey("b"));
    wrong.close();
    start(options("b").bind("127.0.0.1", port));
    await().atMost(SOON).until(() -> stat(a, "peer.b.connected") == 1);
    assertThat(a.refusals()).isEmpty();
  }

  @Test
  void whoClaimsTheReceiversIdIsRefused() throws Exception {
    GrpcTransport b = start("b");
    Status status =
        answer(b, new Hello(Hello.VERSION, CLUSTER, "b", "b", "127.0.0.1:1", Lane.MESSAGES));
    assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(status.getDescription()).contains("the id b is taken");
    assertThat(stat(b, "learned")).isZero();
  }

  @Test
  void anUnknownVersionIsRefused() throws Exception {
    Status status =
        answer(start("b"), new Hello("2", CLUSTER, "a", "b", "127.0.0.1:1", Lane.MESSAGES));
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains("unknown protocol version 2");
  }

  @Test
  void aMalformedIntroductionIsRefused() throws Exception {
    GrpcTransport b = start("b");
    Status address =
        answer(b, new Hello(Hello.VERSION, CLUSTER, "a", "b", "unix:/tmp/socket", Lane.MESSAGES));
    assertThat(address.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(address.getDescription()).contains("host:port");
    Status id = answer(b, new Hello(Hello.VERSION, CLUSTER, "", "b", "127.0.0.1:1", Lane.MESSAGES));
    assertThat(id.getDescription()).contains("1 to 128 characters");
    Status nothing = answer(b, new Metadata());
    assertThat(nothing.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(nothing.getDescription()).contains("raft-version");
    assertThat(stat(b, "refused")).isEqualTo(3);
  }

  @Test
  void anEnvelopeThatDisagreesWithItsStreamIsDropped() {
    GrpcTransport a = start("a");
    GrpcTransport b = start("b");
    List<Envelope> received = collect(b);
    connect(a, "b", b);
    a.send(message("x", "b", 1));
    a.send(message("a", "b", 2).toBuilder().setCluster(1).build());
    a.send(message("a", "b", 3));
    await().atMost(SOON).until(() -> !received.isEmpty());
    assertThat(received).containsExactly(message("a", "b", 3));
    assertThat(stat(b, "misdirected")).isEqualTo(2);
  }

  @Test
  void aNewerStreamOfThePeerTakesThePlaceOfTheOld() {
    GrpcTransport b = start("b");
    List<Envelope> received = collect(b);
    // It must not come back at once and take the place of the newer one in its turn.
    GrpcTransport old = start(options("a").backoff(Duration.ofSeconds(5), Duration.ofSeconds(5)));
    connect(old, "b", b);
    GrpcTransport newer = start("a");
    connect(newer, "b", b);
    String refusal = await().atMost(SOON).until(() -> old.refusals().get("b"), Objects::nonNull);
    assertThat(refusal).contains("a newer stream of a took its place");
    assertThat(received).isEmpty();
  }

  private static Status answer(GrpcTransport transport, Hello hello) throws Exception {
    return answer(transport, hello.toMetadata());
  }

  private static Status answer(GrpcTransport transport, Metadata headers) throws Exception {
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", transport.port()).usePlaintext().build();
    try {
      CompletableFuture<Status> closed = new CompletableFuture<>();
      ClientCall<Frame, FrameAck> call =
          channel.newCall(PeerGrpc.getStreamMethod(), CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
              closed.complete(status);
            }
          },
          headers);
      call.request(1);
      return closed.get(20, TimeUnit.SECONDS);
    } finally {
      channel.shutdownNow();
    }
  }
}
