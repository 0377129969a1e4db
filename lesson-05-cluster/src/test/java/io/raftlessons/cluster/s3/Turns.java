package io.raftlessons.cluster.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Lets several threads run one at a time, some steps each, in an order that a seed decides. */
final class Turns {
  /** What a thread does. */
  interface Work {
    /**
     * @param step to be called before each step
     */
    void run(Runnable step) throws Exception;
  }

  private final class Player {
    private final Semaphore mayGo = new Semaphore(0);
    private final Thread thread;
    private int left;
    private boolean done;

    Player(Work work) {
      thread =
          new Thread(
              () -> {
                mayGo.acquireUninterruptibly();
                try {
                  work.run(this::step);
                  check.run();
                } catch (Exception | Error e) {
                  failure = e;
                } finally {
                  done = true;
                  stopped.release();
                }
              },
              "player");
      thread.setDaemon(true);
    }

    private void step() {
      check.run();
      left--;
      if (left == 0) {
        stopped.release();
        mayGo.acquireUninterruptibly();
      }
    }

    /** Until it has made its steps, or is done. */
    void go(int steps) throws InterruptedException {
      left = steps;
      mayGo.release();
      stopped.acquire();
    }
  }

  private final Runnable check;
  private final Semaphore stopped = new Semaphore(0);
  private @Nullable Throwable failure;

  private Turns(Runnable check) {
    this.check = check;
  }

  /**
   * Returns when all are done.
   *
   * @param check called after each step
   * @throws AssertionError if it fails, or one of them
   */
  static void take(List<Work> works, RandomGenerator random, Runnable check)
      throws InterruptedException {
    Turns turns = new Turns(check);
    List<Player> players = new ArrayList<>();
    for (Work work : works) {
      players.add(turns.new Player(work));
    }
    players.forEach(player -> player.thread.start());
    while (!players.isEmpty()) {
      Player next = players.get(random.nextInt(players.size()));
      // Mostly few, sometimes so many that the other sleeps through everything.
      next.go(1 + random.nextInt(1 << random.nextInt(8)));
      if (turns.failure != null) {
        throw new AssertionError(turns.failure);
      }
      if (next.done) {
        next.thread.join();
        players.remove(next);
      }
    }
  }
}
