package io.raftlessons.membership;

import io.raftlessons.core.Role;
import io.raftlessons.core.Standing;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Whether this server has come to lead, or has ceased to: HashiCorp's LeaderCh. It keeps the newest
 * news only: who is slow may miss that the server led for a moment, but not what is true now.
 * Thread-safe; each piece of news is taken once.
 */
public final class LeaderNotification {
  private final BlockingQueue<Boolean> newest = new ArrayBlockingQueue<>(1);
  private boolean leads;

  /** On the callbacks executor, in order. */
  void standing(Standing.Status now) {
    boolean leadsNow = now.role() == Role.LEADER;
    if (leadsNow != leads) {
      leads = leadsNow;
      newest.clear();
      newest.add(leads);
    }
  }

  /** Waits for news: true if it leads now, false if it does not any more; empty if none comes. */
  public Optional<Boolean> poll(Duration timeout) throws InterruptedException {
    return Optional.ofNullable(newest.poll(timeout.toNanos(), TimeUnit.NANOSECONDS));
  }
}
