package io.raftlessons.runtime;

import io.raftlessons.wire.Envelope;

/**
 * One of the streams to a peer. Chunks of snapshots have their own, on a connection of its own: a
 * heartbeat that had to wait behind them would come too late.
 */
enum Lane {
  MESSAGES,
  SNAPSHOTS;

  static Lane of(Envelope envelope) {
    return envelope.hasInstallSnapshot() ? SNAPSHOTS : MESSAGES;
  }

  /**
   * @throws IllegalArgumentException if there is no such lane
   */
  static Lane parse(String name) {
    for (Lane lane : values()) {
      if (lane.text().equals(name)) {
        return lane;
      }
    }
    throw new IllegalArgumentException("this server knows no lane of that name");
  }

  String text() {
    return this == SNAPSHOTS ? "snapshots" : "messages";
  }
}
