package io.raftlessons.cluster.raft;

import io.raftlessons.runtime.Disk;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.runtime.Host;
import io.raftlessons.runtime.Transport;
import io.raftlessons.wire.Envelope;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * One transport for two users: the Raft core, and the commands on their way to the leader. The core
 * gets this one and sees nothing of the others' messages.
 */
public final class SharedTransport implements Transport {
  private static final Consumer<Envelope> NOBODY = envelope -> {};

  private record SharingHost(Host host, Transport transport) implements Host {
    @Override
    public EventLoop loop(String name) {
      return host.loop(name);
    }

    @Override
    public Disk disk() {
      return host.disk();
    }

    @Override
    public RandomGenerator random() {
      return host.random();
    }

    @Override
    public long wallClockMillis() {
      return host.wallClockMillis();
    }

    @Override
    public Executor callbacks() {
      return host.callbacks();
    }
  }

  private final Transport transport;
  private volatile Consumer<Envelope> core = NOBODY;
  private volatile Consumer<Envelope> forwards = NOBODY;

  public SharedTransport(Transport transport) {
    this.transport = transport;
  }

  /** The host, but with this transport: what the core's server is started on. */
  public Host on(Host host) {
    return new SharingHost(host, this);
  }

  private void receive(Envelope envelope) {
    boolean forward = envelope.hasForward() || envelope.hasForwardReply();
    (forward ? forwards : core).accept(envelope);
  }

  @Override
  public void send(Envelope envelope) {
    transport.send(envelope);
  }

  /** Who takes the messages of the core. Nothing is received before. */
  @Override
  public void handle(Consumer<Envelope> handler) {
    core = handler;
    transport.handle(this::receive);
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
