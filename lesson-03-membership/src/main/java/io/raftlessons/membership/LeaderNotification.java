package io.raftlessons.membership;

import io.raftlessons.core.Role;
import io.raftlessons.core.Standing;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether this server has come to lead, or has ceased to: HashiCorp's LeaderCh. It keeps the newest
 * news only: who is slow may miss that the server led for a moment, but not what is true now.
 * Thread-safe.
 */
public final class LeaderNotification {
  private final AtomicReference<Optional<Boolean>> newest = new AtomicReference<>(Optional.empty());
  private boolean leads;

  /** On the callbacks executor, in order. */
  void standing(Standing.Status now) {
    boolean leadsNow = now.role() == Role.LEADER;
    if (leadsNow != leads) {
      leads = leadsNow;
      newest.set(Optional.of(leads));
    }
  }

  /**
   * Takes the news: true if it leads now, false if it does not any more; empty if there is none
   * since the last call. Does not wait.
   */
  public Optional<Boolean> poll() {
    return newest.getAndSet(Optional.empty());
  }
}
