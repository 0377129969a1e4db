package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RealHostTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path directory;
  private RealHost host;

  @BeforeEach
  void open() throws IOException {
    host = newHost(42);
  }

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  void aLoopIsMadeOncePerNameAndBearsIt() {
    assertThat(host.loop("raft")).isSameAs(host.loop("raft")).isNotSameAs(host.loop("io"));
    List<String> names = new CopyOnWriteArrayList<>();
    host.loop("raft").execute(() -> names.add(Thread.currentThread().getName()));
    await().atMost(SOON).until(() -> !names.isEmpty());
    assertThat(names).containsExactly("n1-raft");
  }

  @Test
  void theSeedDecidesTheRandomNumbers() throws IOException {
    try (RealHost same = newHost(42);
        RealHost other = newHost(43)) {
      long first = host.random().nextLong();
      assertThat(same.random().nextLong()).isEqualTo(first);
      assertThat(other.random().nextLong()).isNotEqualTo(first);
    }
  }

  @Test
  void callbacksKeepTheirOrderAndSurviveOneThatThrows() {
    List<Integer> ran = new CopyOnWriteArrayList<>();
    List<Integer> expected = new ArrayList<>(IntStream.range(0, 1000).boxed().toList());
    for (int number : expected) {
      host.callbacks()
          .execute(
              () -> {
                ran.add(number);
                if (number == 500) {
                  throw new IllegalStateException("a bug of the user");
                }
              });
    }
    await().atMost(SOON).until(() -> ran.size() == expected.size());
    assertThat(ran).isEqualTo(expected);
  }

  @Test
  void closeLeavesNoCallbackOutAndDropsLaterWorkOfLoops() {
    AtomicBoolean called = new AtomicBoolean();
    AtomicBoolean late = new AtomicBoolean();
    CountDownLatch release = new CountDownLatch(1);
    host.callbacks()
        .execute(
            () -> {
              try {
                release.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    host.callbacks().execute(() -> called.set(true));
    release.countDown();
    host.close();
    assertThat(called).isTrue();
    host.loop("raft").execute(() -> late.set(true));
    host.close();
    assertThat(late).isFalse();
    host.callbacks().execute(() -> late.set(true));
    assertThat(late).as("a future must not stay open").isTrue();
  }

  private RealHost newHost(long seed) throws IOException {
    return new RealHost("n1", new InmemTransport("n1"), new RealDisk(directory), seed);
  }
}
