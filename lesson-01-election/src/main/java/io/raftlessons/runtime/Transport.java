package io.raftlessons.runtime;

import io.raftlessons.wire.Envelope;
import java.util.function.Consumer;

/**
 * Messages between servers. Sending promises nothing: a message may be lost, late or doubled, and
 * the protocol must live with all three. Messages to one peer keep their order unless a connection
 * breaks between them.
 *
 * <p>Thread-safe. Nothing here blocks.
 */
public interface Transport extends AutoCloseable {
  /**
   * Sends to {@code envelope.getTo()}. A full queue, an unknown or unreachable peer: the message is
   * dropped.
   */
  void send(Envelope envelope);

  /**
   * Sets who receives what others send to this server. Called once, before the first message is
   * expected; what arrives earlier is dropped. The handler is called on a thread of the transport
   * and must only hand the message to a loop.
   */
  void handle(Consumer<Envelope> handler);

  /** Stops sending and receiving. Idempotent. */
  @Override
  void close();
}
