package io.raftlessons.cluster.raft;

import io.raftlessons.runtime.Transport;
import io.raftlessons.wire.Envelope;
import java.util.function.Consumer;

/**
 * One transport for two users: the Raft core, and the commands on their way to the leader. The core
 * gets this one and sees nothing of the others' messages.
 */
public final class SharedTransport implements Transport {
  private static final Consumer<Envelope> NOBODY = envelope -> {};

  private final Transport transport;
  private volatile Consumer<Envelope> core = NOBODY;
  private volatile Consumer<Envelope> forwards = NOBODY;

  public SharedTransport(Transport transport) {
    this.transport = transport;
    transport.handle(this::receive);
  }

  private void receive(Envelope envelope) {
    boolean forward = envelope.hasForward() || envelope.hasForwardReply();
    (forward ? forwards : core).accept(envelope);
  }

  @Override
  public void send(Envelope envelope) {
    transport.send(envelope);
  }

  /** Who takes the messages of the core. */
  @Override
  public void handle(Consumer<Envelope> handler) {
    core = handler;
  }

  /** Who takes forwarded commands and their answers. */
  public void handleForwards(Consumer<Envelope> handler) {
    forwards = handler;
  }

  @Override
  public void close() {
    transport.close();
  }
}
