package io.raftlessons.membership;

import io.raftlessons.core.Role;
import io.raftlessons.wire.Server;
import java.time.Duration;

/** What an observer of a server is told (HashiCorp's Observation). Only what has changed. */
public sealed interface Observation {
  /** The server's role. */
  record RaftState(Role role, long term) implements Observation {}

  /** Who leads; "" if nobody is known to. */
  record LeaderObservation(String leader) implements Observation {}

  /** This server leads, and has not heard a member for an election timeout. */
  record FailedHeartbeatObservation(String peer, Duration lastContact) implements Observation {}

  /** This server leads, and hears a member again. */
  record ResumedHeartbeatObservation(String peer) implements Observation {}

  /** A server has come, or has gone, or what the configuration says of it is different. */
  record PeerObservation(Server server, boolean removed) implements Observation {}
}
