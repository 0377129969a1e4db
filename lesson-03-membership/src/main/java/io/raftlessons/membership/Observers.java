package io.raftlessons.membership;

import io.raftlessons.core.Role;
import io.raftlessons.core.Standing;
import io.raftlessons.membership.MembershipEffect.HeartbeatFailed;
import io.raftlessons.membership.MembershipEffect.HeartbeatResumed;
import io.raftlessons.membership.Observation.FailedHeartbeatObservation;
import io.raftlessons.membership.Observation.LeaderObservation;
import io.raftlessons.membership.Observation.PeerObservation;
import io.raftlessons.membership.Observation.RaftState;
import io.raftlessons.membership.Observation.ResumedHeartbeatObservation;
import io.raftlessons.replication.Replica;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Server;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Tells observers what has changed; on the callbacks executor, in order. */
public final class Observers {
  private final Executor callbacks;
  private final List<Consumer<Observation>> observers = new CopyOnWriteArrayList<>();
  private Standing.Status standing = new Standing.Status(Role.FOLLOWER, 0, "");
  private Configuration configuration;
  private final LeaderNotification leaderNotification = new LeaderNotification();

  public Observers(Executor callbacks, Configuration configuration) {
    this.callbacks = callbacks;
    this.configuration = configuration;
  }

  /** Sees what happens to this server. */
  public void observe(Replica replica) {
    replica.observe(this::standing);
    replica.on(HeartbeatFailed.class, failed -> callbacks.execute(() -> tell(failed(failed))));
    replica.on(
        HeartbeatResumed.class,
        resumed ->
            callbacks.execute(() -> tell(new ResumedHeartbeatObservation(resumed.member()))));
  }

  private static Observation failed(HeartbeatFailed failed) {
    return new FailedHeartbeatObservation(failed.member(), Duration.ofNanos(failed.silentNanos()));
  }

  public LeaderNotification leaderNotification() {
    return leaderNotification;
  }

  /**
   * From any thread.
   *
   * @return ends it when it is run
   */
  public Runnable register(Consumer<Observation> observer) {
    observers.add(observer);
    return () -> observers.remove(observer);
  }

  /** On the callbacks executor. */
  void standing(Standing.Status now) {
    Standing.Status before = standing;
    standing = now;
    leaderNotification.standing(now);
    if (now.role() != before.role()) {
      tell(new RaftState(now.role(), now.term()));
    }
    if (!now.leader().equals(before.leader())) {
      tell(new LeaderObservation(now.leader()));
    }
  }

  /** From the raft loop. */
  public void configuration(Configuration now) {
    callbacks.execute(() -> compare(now));
  }

  private void compare(Configuration now) {
    Configuration before = configuration;
    configuration = now;
    for (Server server : now.getServersList()) {
      if (!before.getServersList().contains(server)) {
        tell(new PeerObservation(server, false));
      }
    }
    for (Server server : before.getServersList()) {
      if (Configurations.find(now, server.getId()) == null) {
        tell(new PeerObservation(server, true));
      }
    }
  }

  /** Each in a task of its own: what one throws the host logs, and the others do not notice. */
  private void tell(Observation observation) {
    for (Consumer<Observation> observer : observers) {
      callbacks.execute(
          () -> {
            if (observers.contains(observer)) {
              observer.accept(observation);
            }
          });
    }
  }
}
