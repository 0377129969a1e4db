package io.raftlessons.sim;

import io.raftlessons.runtime.Disk;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.runtime.Host;
import io.raftlessons.runtime.Transport;
import io.raftlessons.wire.Envelope;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One life of a simulated server: from its start to its crash. Only the disk and the clock's drift
 * outlive it.
 */
public final class SimHost implements Host {
  private static final long EPOCH_MILLIS = 1_700_000_000_000L;

  /** Two hours: longer than any run, and short enough to be multiplied. */
  private static final long LONGEST_SPAN = 7_200_000_000_000L;

  private final SimWorld world;
  private final String id;
  private final int index;
  private final SimDisk disk;
  private final SimRandom random;
  private final long driftPpm;
  private final Map<String, SimLoop> loops = new TreeMap<>();
  private final SimTransport transport = new SimTransport();
  private boolean dead;

  SimHost(SimWorld world, String id, int index, SimDisk disk, SimRandom random, long driftPpm) {
    this.world = world;
    this.id = id;
    this.index = index;
    this.disk = disk;
    this.random = random;
    this.driftPpm = driftPpm;
  }

  /** The server's id. */
  public String id() {
    return id;
  }

  int index() {
    return index;
  }

  boolean dead() {
    return dead;
  }

  void die() {
    dead = true;
    transport.close();
  }

  /**
   * Stands still, as a process that is stopped or collects garbage: nothing runs before {@code
   * time}.
   */
  void pauseUntil(long time) {
    loops.values().forEach(loop -> loop.busyUntil(time));
  }

  long localTime(long worldTime) {
    return worldTime + worldTime * driftPpm / 1_000_000;
  }

  /** How much world time passes while this server's clock passes {@code localNanos}. */
  long worldSpan(long localNanos) {
    return Math.min(localNanos, LONGEST_SPAN) * 1_000_000 / (1_000_000 + driftPpm) + 1;
  }

  void deliver(Envelope envelope) {
    Consumer<Envelope> handler = transport.handler;
    if (handler != null) {
      handler.accept(envelope);
    }
  }

  @Override
  public EventLoop loop(String name) {
    return loops.computeIfAbsent(
        name, n -> new SimLoop(world.timeline(), this, index * 8 + loops.size()));
  }

  @Override
  public Transport transport() {
    return transport;
  }

  @Override
  public Disk disk() {
    return disk;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public long wallClockMillis() {
    return EPOCH_MILLIS + localTime(world.now()) / 1_000_000;
  }

  @Override
  public Executor callbacks() {
    return loop("callbacks")::execute;
  }

  private final class SimTransport implements Transport {
    private @Nullable Consumer<Envelope> handler;
    private boolean closed;

    @Override
    public void send(Envelope envelope) {
      if (!closed) {
        world.network().send(envelope);
      }
    }

    @Override
    public void handle(Consumer<Envelope> handler) {
      // Whoever calls may have waited for the disk: it is not before then that messages are heard.
      world.after(
          0,
          () -> {
            if (!closed) {
              this.handler = handler;
            }
          });
    }

    @Override
    public void close() {
      closed = true;
      handler = null;
    }
  }
}
