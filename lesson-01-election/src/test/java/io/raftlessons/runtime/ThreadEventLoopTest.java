package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadEventLoopTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final long MILLI = 1_000_000;

  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final ThreadEventLoop loop = new ThreadEventLoop("loop-under-test", failures::add);

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void tasksOfOnePosterKeepTheirOrderAndNeverOverlap() throws InterruptedException {
    int posters = 4;
    int each = 20_000;
    int[] last = new int[posters];
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger disorder = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int p = 0; p < posters; p++) {
      int poster = p;
      Thread thread =
          new Thread(
              () -> {
                for (int i = 1; i <= each; i++) {
                  int number = i;
                  loop.execute(
                      () -> {
                        if (inside.incrementAndGet() != 1 || ++last[poster] != number) {
                          disorder.incrementAndGet();
                        }
                        inside.decrementAndGet();
                        done.incrementAndGet();
                      });
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    await().atMost(SOON).until(() -> done.get() == posters * each);
    assertThat(disorder).hasValue(0);
    assertThat(failures).isEmpty();
  }

  @Test
  void timersRunInTheOrderOfTheirTimes() {
    List<String> ran = new CopyOnWriteArrayList<>();
    loop.execute(
        () -> {
          loop.schedule(60 * MILLI, () -> ran.add("60"));
          loop.schedule(20 * MILLI, () -> ran.add("20"));
          loop.schedule(-5, () -> ran.add("at once"));
          loop.schedule(40 * MILLI, () -> ran.add("40"));
        });
    await().atMost(SOON).until(() -> ran.size() == 4);
    assertThat(ran).containsExactly("at once", "20", "40", "60");
  }

  @Test
  void aTimerIsNeverEarly() {
    List<Long> waited = new CopyOnWriteArrayList<>();
    for (long delay : new long[] {1, 7, 30}) {
      long set = loop.now();
      loop.schedule(delay * MILLI, () -> waited.add(loop.now() - set - delay * MILLI));
    }
    await().atMost(SOON).until(() -> waited.size() == 3);
    assertThat(waited).allMatch(late -> late >= 0);
  }

  @Test
  void aCancelledTimerDoesNotRunAndTheOthersDo() {
    List<Integer> ran = new CopyOnWriteArrayList<>();
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      if (i % 4 == 0) {
        expected.add(i);
      }
    }
    loop.execute(
        () -> {
          for (int i = 0; i < 2000; i++) {
            int number = i;
            EventLoop.Timer timer = loop.schedule(20 * MILLI, () -> ran.add(number));
            if (i % 4 != 0) {
              timer.cancel();
              timer.cancel();
            }
          }
        });
    await().atMost(SOON).until(() -> ran.size() >= expected.size());
    AtomicBoolean later = new AtomicBoolean();
    loop.schedule(0, () -> later.set(true));
    await().atMost(SOON).untilTrue(later);
    assertThat(ran).containsExactlyElementsOf(expected);
  }

  @Test
  void aTimerThatSetsItselfAgainDoesNotStarveTasks() {
    AtomicInteger ticks = new AtomicInteger();
    Runnable[] tick = new Runnable[1];
    tick[0] =
        () -> {
          ticks.incrementAndGet();
          loop.schedule(0, tick[0]);
        };
    loop.execute(tick[0]);
    AtomicBoolean ran = new AtomicBoolean();
    await().atMost(SOON).until(() -> ticks.get() > 1000);
    loop.execute(() -> ran.set(true));
    await().atMost(SOON).untilTrue(ran);
  }

  @Test
  void aTaskThatPostsItselfAgainDoesNotStarveTimers() {
    AtomicBoolean rang = new AtomicBoolean();
    Runnable[] again = new Runnable[1];
    again[0] = () -> loop.execute(again[0]);
    loop.execute(again[0]);
    loop.schedule(MILLI, () -> rang.set(true));
    await().atMost(SOON).untilTrue(rang);
  }

  @Test
  void whatATaskThrowsGoesToTheHandlerAndTheLoopGoesOn() {
    RuntimeException first = new IllegalStateException("first");
    AssertionError second = new AssertionError("second");
    AtomicBoolean ran = new AtomicBoolean();
    loop.execute(
        () -> {
          throw first;
        });
    loop.schedule(
        0,
        () -> {
          throw second;
        });
    loop.schedule(MILLI, () -> ran.set(true));
    await().atMost(SOON).untilTrue(ran);
    assertThat(failures).containsExactlyInAnyOrder(first, second);
  }

  @Test
  void aHandlerThatThrowsDoesNotEndTheLoop() {
    AtomicBoolean ran = new AtomicBoolean();
    try (ThreadEventLoop fragile =
        new ThreadEventLoop(
            "fragile",
            e -> {
              throw new IllegalStateException("the handler");
            })) {
      fragile.execute(
          () -> {
            throw new IllegalStateException("the task");
          });
      fragile.execute(() -> ran.set(true));
      await().atMost(SOON).untilTrue(ran);
    }
  }

  @Test
  void closeLetsTheRunningTaskFinishAndDropsTheRest() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    List<String> ran = new CopyOnWriteArrayList<>();
    loop.execute(
        () -> {
          running.countDown();
          awaitUninterrupted(finish);
          ran.add("running");
        });
    loop.execute(() -> ran.add("waiting"));
    loop.schedule(0, () -> ran.add("timer"));
    running.await();
    Thread closer = new Thread(loop::close);
    closer.start();
    await().atMost(SOON).until(() -> closer.getState() == Thread.State.TIMED_WAITING);
    finish.countDown();
    closer.join();
    loop.execute(() -> ran.add("after"));
    loop.schedule(0, () -> ran.add("timer after"));
    loop.close();
    assertThat(ran).containsExactly("running");
    assertThat(failures).isEmpty();
  }

  @Test
  void aLoopMayCloseItself() {
    AtomicBoolean closed = new AtomicBoolean();
    AtomicBoolean dropped = new AtomicBoolean(true);
    loop.execute(
        () -> {
          loop.execute(() -> dropped.set(false));
          loop.close();
          closed.set(true);
        });
    await().atMost(SOON).untilTrue(closed);
    loop.close();
    assertThat(dropped).isTrue();
  }

  @Test
  void theThreadIsADaemonWithTheLoopsName() {
    List<Thread> seen = new CopyOnWriteArrayList<>();
    loop.execute(() -> seen.add(Thread.currentThread()));
    await().atMost(SOON).until(() -> !seen.isEmpty());
    assertThat(seen.get(0).isDaemon()).isTrue();
    assertThat(seen.get(0).getName()).isEqualTo("loop-under-test");
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
