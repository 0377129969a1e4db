package io.raftlessons.cluster.node;

import io.raftlessons.runtime.GrpcTransport;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.wire.Server;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keeps the transport's peers those of the newest configuration, at the addresses that stand there.
 * A node that does not belong any more is answered where it said it is. Used by one thread at a
 * time.
 */
final class ConfiguredPeers {
  private final GrpcTransport transport;
  private final Raft raft;
  private final Set<String> connected = new TreeSet<>();

  ConfiguredPeers(GrpcTransport transport, Raft raft) {
    this.transport = transport;
    this.raft = raft;
  }

  /** Idempotent. */
  void update() {
    Set<String> gone = new TreeSet<>(connected);
    for (Server server : raft.getConfiguration().latest().getServersList()) {
      transport.addPeer(server.getId(), server.getAddress());
      connected.add(server.getId());
      gone.remove(server.getId());
    }
    gone.forEach(transport::removePeer);
    connected.removeAll(gone);
  }
}
