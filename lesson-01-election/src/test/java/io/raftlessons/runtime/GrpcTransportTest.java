package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.raftlessons.wire.Envelope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class GrpcTransportTest extends GrpcFixture {
  @Test
  void aHundredThousandMessagesKeepTheirOrder() {
    int count = 100_000;
    GrpcTransport a = start(options("a").queue(count, 64 << 20));
    GrpcTransport b = start("b");
    long[] terms = new long[count];
    AtomicLong received = new AtomicLong();
    b.handle(m -> terms[(int) received.getAndIncrement()] = m.getTerm());
    connect(a, "b", b);
    for (int i = 0; i < count; i++) {
      a.send(message("a", "b", i));
    }
    await().atMost(SOON).until(() -> received.get() == count);
    assertThat(terms).isEqualTo(LongStream.range(0, count).toArray());
    assertThat(stat(a, "sent")).isEqualTo(count);
    assertThat(stat(b, "received")).isEqualTo(count);
    assertThat(stat(a, "dropped")).isZero();
  }

  @Test
  void largeMessagesArriveInOrderAlsoThoseThatExceedAFrame() {
    GrpcTransport a = start(options("a").queue(1000, 64 << 20));
    GrpcTransport b = start("b");
    List<Long> received = new CopyOnWriteArrayList<>();
    b.handle(m -> received.add(m.getTerm()));
    connect(a, "b", b);
    List<Long> expected = new ArrayList<>();
    for (long i = 0; i < 100; i++) {
      a.send(message("a", "b", i, i % 25 == 7 ? 3 << 20 : 100 << 10));
      expected.add(i);
    }
    await().atMost(SOON).until(() -> received.size() == expected.size());
    assertThat(received).isEqualTo(expected);
  }

  @Test
  void theLargestAllowedMessageArrivesAndALargerOneIsDropped() {
    int limit = 1 << 20;
    GrpcTransport a = start(options("a").maxMessageBytes(limit));
    GrpcTransport b = start(options("b").maxMessageBytes(limit));
    List<Envelope> received = collect(b);
    connect(a, "b", b);
    Envelope small = message("a", "b", 1, limit - 100);
    Envelope largest = message("a", "b", 1, limit - 100 + limit - small.getSerializedSize());
    assertThat(largest.getSerializedSize()).isEqualTo(limit);
    a.send(message("a", "b", 1, limit));
    a.send(largest);
    await().atMost(SOON).until(() -> received.size() == 1);
    assertThat(received).containsExactly(largest);
    assertThat(stat(a, "dropped")).isEqualTo(1);
  }

  @Test
  void chunksOfSnapshotsTakeNoPlaceOfOtherMessages() {
    CountDownLatch goOn = new CountDownLatch(1);
    List<Envelope> received = new CopyOnWriteArrayList<>();
    GrpcTransport a = start(options("a").queue(1000, 5 << 20));
    GrpcTransport b = start("b");
    b.handle(
        m -> {
          if (m.hasInstallSnapshot()) {
            awaitUninterrupted(goOn);
          }
          received.add(m);
        });
    connect(a, "b", b);
    await()
        .atMost(SOON)
        .until(
            () -> {
              a.send(chunk("a", "b", 256 << 10));
              return stat(a, "peer.b.snapshots.dropped") > 0;
            });
    assertThat(stat(a, "peer.b.snapshots.connected")).isEqualTo(1);
    for (int i = 0; i < 100; i++) {
      a.send(message("a", "b", i));
    }
    goOn.countDown();
    await().atMost(SOON).until(() -> received.stream().filter(m -> m.getTerm() == 99).count() == 1);
    assertThat(stat(a, "peer.b.dropped")).isZero();
    assertThat(stat(a, "peer.b.sent")).isEqualTo(100);
    await().atMost(SOON).until(() -> stat(a, "peer.b.snapshots.queued") == 0);
    assertThat(stat(a, "sent")).isEqualTo(100 + stat(a, "peer.b.snapshots.sent"));
  }

  @Test
  void theStreamOfSnapshotsIsThereWhenItIsNeeded() {
    GrpcTransport a = start("a");
    GrpcTransport b = start("b");
    List<Envelope> received = collect(b);
    connect(a, "b", b);
    assertThat(stat(a, "peer.b.snapshots.connected")).isZero();
    a.send(chunk("a", "b", 5));
    await().atMost(SOON).until(() -> !received.isEmpty());
    assertThat(received).containsExactly(chunk("a", "b", 5));
    assertThat(stat(a, "peer.b.snapshots.sent")).isEqualTo(1);
    assertThat(stat(a, "peer.b.sent")).isZero();
  }

  @Test
  void aPeerThatComesBackOnItsPortIsReachedAgain() {
    GrpcTransport a = start("a");
    GrpcTransport b = start("b");
    List<Envelope> first = collect(b);
    connect(a, "b", b);
    a.send(message("a", "b", 1));
    await().atMost(SOON).until(() -> first.size() == 1);
    int port = b.port();
    b.close();
    assertThat(b.port()).isEqualTo(-1);
    await().atMost(SOON).until(() -> stat(a, "peer.b.connected") == 0);

    GrpcTransport again = start(options("b").bind("127.0.0.1", port));
    List<Envelope> second = collect(again);
    await().atMost(SOON).until(() -> stat(a, "peer.b.connected") == 1);
    a.send(message("a", "b", 2));
    await().atMost(SOON).until(() -> !second.isEmpty());
    assertThat(second).containsExactly(message("a", "b", 2));
    assertThat(stat(a, "peer.b.connects")).isEqualTo(2);
  }

  @Test
  void anUnreachablePeerCostsItsMessagesAndNothingElse() {
    GrpcTransport a = start("a");
    GrpcTransport b = start("b");
    String gone = b.advertisedAddress();
    b.close();
    a.addPeer("b", gone);
    await()
        .atMost(SOON)
        .until(
            () -> {
              a.send(message("a", "b", 1));
              return stat(a, "peer.b.dropped") > 20;
            });
    a.send(message("a", "nobody", 1));
    assertThat(stat(a, "sent")).isZero();
    assertThat(stat(a, "peer.b.queued")).isLessThan(20);
    assertThat(stat(a, "dropped")).isEqualTo(stat(a, "peer.b.dropped") + 1);
  }

  @Test
  void aListenerThatSaysNothingIsGivenUpAndTriedAgain() throws IOException {
    GrpcTransport a = start(options("a").alive(Duration.ofMillis(50), Duration.ofMillis(300)));
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      silent.setSoTimeout((int) SOON.toMillis());
      a.addPeer("b", "127.0.0.1:" + silent.getLocalPort());
      try (Socket one = silent.accept();
          Socket two = silent.accept()) {
        assertThat(one.getRemoteSocketAddress()).isNotEqualTo(two.getRemoteSocketAddress());
      }
      assertThat(stat(a, "peer.b.connects")).isZero();
    }
  }

  @Test
  void aHungPeerFillsItsQueueAndHoldsUpNobody() {
    GrpcTransport a =
        start(
            options("a").queue(50, 5 << 20).alive(Duration.ofMillis(100), Duration.ofMillis(1000)));
    GrpcTransport hung = start("b");
    GrpcTransport c = start("c");
    List<Envelope> atC = collect(c);
    CountDownLatch release = new CountDownLatch(1);
    AtomicLong atB = new AtomicLong();
    hung.handle(
        m -> {
          awaitUninterrupted(release);
          atB.incrementAndGet();
        });
    try {
      connect(a, "b", hung);
      connect(a, "c", c);
      for (int i = 0; i < 5_000; i++) {
        a.send(message("a", "b", i, 20_000));
      }
      assertThat(stat(a, "peer.b.dropped")).isPositive();
      assertThat(stat(a, "peer.b.queued")).isLessThanOrEqualTo(50);
      a.send(message("a", "c", 1));
      await().atMost(SOON).until(() -> atC.size() == 1);
      await().atMost(SOON).until(() -> stat(a, "peer.b.connected") == 0);
    } finally {
      release.countDown();
    }
    await().atMost(SOON).until(() -> stat(a, "peer.b.connected") == 1);
    long before = atB.get();
    await()
        .atMost(SOON)
        .until(
            () -> {
              a.send(message("a", "b", 1));
              return atB.get() > before;
            });
  }

  @Test
  void aFullQueueByBytesDropsToo() throws IOException {
    GrpcTransport a = start(options("a").maxMessageBytes(10_000).queue(1000, 25_000));
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      a.addPeer("b", "127.0.0.1:" + silent.getLocalPort());
      for (int i = 0; i < 5; i++) {
        a.send(message("a", "b", i, 9_000));
      }
      assertThat(stat(a, "peer.b.queued")).isEqualTo(2);
      assertThat(stat(a, "peer.b.dropped")).isEqualTo(3);
    }
  }

  @Test
  void aPeerThatNobodyToldUsOfIsAnsweredWhereItSaysItIs() {
    GrpcTransport a = start("a");
    GrpcTransport b = start("b");
    List<Envelope> atA = collect(a);
    b.handle(m -> b.send(message("b", m.getFrom(), m.getTerm() + 1)));
    connect(a, "b", b);
    a.send(message("a", "b", 1));
    await().atMost(SOON).until(() -> atA.size() == 1);
    assertThat(atA).containsExactly(message("b", "a", 2));
    assertThat(stat(b, "learned")).isEqualTo(1);

    a.close();
    GrpcTransport moved = start("a");
    List<Envelope> atMoved = collect(moved);
    connect(moved, "b", b);
    moved.send(message("a", "b", 3));
    await().atMost(SOON).until(() -> atMoved.size() == 1);
    assertThat(atMoved).containsExactly(message("b", "a", 4));
    assertThat(stat(b, "learned")).isEqualTo(1);
  }

  @Test
  void onlySoManyStrangersAreRemembered() {
    GrpcTransport b = start(options("b").learnedPeers(2));
    for (String id : List.of("x", "y", "z")) {
      connect(start(id), "b", b);
    }
    await().atMost(SOON).until(() -> stat(b, "learned") == 2);
    b.send(message("b", "x", 1));
    assertThat(stat(b, "dropped")).isEqualTo(1);
    b.send(message("b", "z", 1));
    await().atMost(SOON).until(() -> stat(b, "sent") == 1);
  }

  @Test
  void aPeerIsRemovedAndMoved() {
    GrpcTransport a = start("a");
    GrpcTransport b = start("b");
    GrpcTransport moved = start("b");
    List<Envelope> atB = collect(b);
    List<Envelope> atMoved = collect(moved);
    connect(a, "b", b);
    a.addPeer("b", moved.advertisedAddress());
    await()
        .atMost(SOON)
        .until(
            () -> {
              a.send(message("a", "b", 1));
              return !atMoved.isEmpty();
            });
    a.removePeer("b");
    a.send(message("a", "b", 2));
    assertThat(stat(a, "dropped")).isEqualTo(1);
    assertThat(atB).isEmpty();
    assertThat(atMoved).doesNotContain(message("a", "b", 2));
  }

  @Test
  void whatAHandlerThrowsDoesNotBreakTheStream() {
    GrpcTransport a = start("a");
    GrpcTransport b = start("b");
    List<Long> received = new CopyOnWriteArrayList<>();
    b.handle(
        m -> {
          if (m.getTerm() == 1) {
            throw new IllegalStateException("a bug of the receiver");
          }
          received.add(m.getTerm());
        });
    connect(a, "b", b);
    a.send(message("a", "b", 1));
    a.send(message("a", "b", 2));
    await().atMost(SOON).until(() -> !received.isEmpty());
    assertThat(received).containsExactly(2L);
    assertThat(stat(b, "unhandled")).isEqualTo(1);
    assertThat(stat(a, "peer.b.connects")).isEqualTo(1);
  }

  @Test
  void aMessageToOneselfIsDeliveredAtOnce() {
    GrpcTransport a = start("a");
    a.send(message("a", "a", 1));
    assertThat(stat(a, "unhandled")).isEqualTo(1);
    List<Envelope> received = collect(a);
    a.send(message("a", "a", 2));
    assertThat(received).containsExactly(message("a", "a", 2));
  }

  @Test
  void closingInTheMiddleOfTrafficEndsAllThreads() throws InterruptedException {
    GrpcTransport a = start("closing-a");
    GrpcTransport b = start("closing-b");
    AtomicLong received = new AtomicLong();
    a.handle(m -> received.incrementAndGet());
    b.handle(m -> received.incrementAndGet());
    connect(a, "closing-b", b);
    connect(b, "closing-a", a);
    AtomicBoolean stop = new AtomicBoolean();
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Thread sender =
          new Thread(
              () -> {
                while (!stop.get()) {
                  a.send(message("closing-a", "closing-b", 1, 1000));
                  b.send(message("closing-b", "closing-a", 1, 1000));
                }
              });
      sender.setUncaughtExceptionHandler((thread, e) -> failures.add(e));
      sender.start();
      senders.add(sender);
    }
    await().atMost(SOON).until(() -> received.get() > 1000);
    a.close();
    a.close();
    b.close();
    stop.set(true);
    for (Thread sender : senders) {
      sender.join();
    }
    assertThat(failures).isEmpty();
    assertThat(a.stats()).containsKey("sent");
    await()
        .atMost(SOON)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().contains("closing-")));
  }

  @Test
  void aPortThatIsTakenIsAnError() {
    GrpcTransport a = start("a");
    GrpcTransport b = new GrpcTransport(options("b").bind("127.0.0.1", a.port()).build());
    assertThatThrownBy(b::start).isInstanceOf(IOException.class);
    b.close();
    assertThatThrownBy(b::start).isInstanceOf(IllegalStateException.class);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
