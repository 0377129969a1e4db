package io.raftlessons.core;

import io.raftlessons.core.Effect.RoleChanged;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of itself to other threads: role, term, leader, and why it stopped if it did.
 * Written by the raft loop, read by anybody. Every facade has one.
 */
public final class Standing {
  /**
   * One moment.
   *
   * @param leader the leader's id, "" if unknown
   */
  public record Status(Role role, long term, String leader) {}

  private final Executor callbacks;
  private final List<Consumer<Status>> observers = new CopyOnWriteArrayList<>();
  private volatile Status status;
  private volatile @Nullable Throwable failure;

  /**
   * @param callbacks where observers are called
   */
  public Standing(long term, Executor callbacks) {
    this.callbacks = callbacks;
    status = new Status(Role.FOLLOWER, term, "");
  }

  public Status status() {
    return status;
  }

  /** The id of the leader, if one is known. */
  public Optional<String> leader() {
    return Optional.of(status.leader()).filter(id -> !id.isEmpty());
  }

  /** Why the server stopped by itself, if it did: a failed store, or a contradiction found. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** Calls the observer at every change, in order. */
  public void observe(Consumer<Status> observer) {
    observers.add(observer);
  }

  /** On the raft loop. */
  public void changed(RoleChanged change) {
    publish(new Status(change.role(), change.term(), change.leader()));
  }

  /** On the raft loop: the server does nothing any more. */
  public void failed(Throwable cause) {
    failure = cause;
    stopped();
  }

  /** On the raft loop: a server that has stopped must not be taken for a leader. */
  public void stopped() {
    publish(new Status(Role.FOLLOWER, status.term(), ""));
  }

  private void publish(Status now) {
    if (now.equals(status)) {
      return;
    }
    status = now;
    for (Consumer<Status> observer : observers) {
      callbacks.execute(() -> observer.accept(now));
    }
  }
}
