package io.raftlessons.runtime;

import io.raftlessons.wire.Envelope;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers of one process, connected by hand (HashiCorp's InmemTransport). Every connection has one
 * direction, so a test can cut one way and leave the other. Messages are handed over at once, on
 * the sender's thread. Thread-safe.
 */
public final class InmemTransport implements Transport {
  private static final Logger LOG = LoggerFactory.getLogger(InmemTransport.class);

  private final String localId;
  private final Map<String, InmemTransport> peers = new ConcurrentHashMap<>();
  private volatile @Nullable Consumer<Envelope> handler;
  private volatile boolean closed;

  public InmemTransport(String localId) {
    this.localId = localId;
  }

  public String localId() {
    return localId;
  }

  /** From now on what this server sends to that one arrives. The other direction is its own. */
  public void connect(InmemTransport peer) {
    if (!closed) {
      peers.put(peer.localId, peer);
    }
  }

  /** From now on what this server sends to that one is lost. */
  public void disconnect(String peerId) {
    peers.remove(peerId);
  }

  /** From now on everything this server sends to others is lost; what they send still arrives. */
  public void disconnectAll() {
    peers.clear();
  }

  @Override
  public void send(Envelope envelope) {
    if (closed) {
      return;
    }
    InmemTransport peer =
        envelope.getTo().equals(localId) ? this : this.peers.get(envelope.getTo());
    if (peer != null) {
      peer.receive(envelope);
    }
  }

  @Override
  public void handle(Consumer<Envelope> handler) {
    this.handler = handler;
  }

  @Override
  public void close() {
    closed = true;
    peers.clear();
  }

  private void receive(Envelope envelope) {
    Consumer<Envelope> to = handler;
    if (to == null || closed) {
      return;
    }
    try {
      to.accept(envelope);
    } catch (RuntimeException e) {
      LOG.error("the handler of {} failed", localId, e);
    }
  }
}
