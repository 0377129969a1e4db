package io.raftlessons.core;

import io.raftlessons.wire.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A host whose loops run when the test says so, each by itself, in a time that the test moves. What
 * is sent is kept in {@link #sent}.
 */
public final class HandRunHost extends TestHost {
  private static final long START = 1_000 * CoreFixture.MS;

  /** A test that waits for a server that has stopped must not wait for ever. */
  private static final long LONGEST = 600_000 * CoreFixture.MS;

  private long now = START;

  /** Told of every message that is sent. */
  public Consumer<Envelope> onSend = message -> {};

  public final List<Envelope> sent = new ArrayList<>();

  public HandRunHost(RandomGenerator random) {
    super(random);
  }

  @Override
  protected long now() {
    return now;
  }

  @Override
  protected void send(Envelope message) {
    sent.add(message);
    onSend.accept(message);
  }

  /** Moves time on by millisecond, running the raft loop, but no other, at each. */
  public void advance(long millis) {
    for (long i = 0; i < millis; i++) {
      now += CoreFixture.MS;
      if (now - START > LONGEST) {
        throw new AssertionError("ten minutes have passed, and the test still waits");
      }
      raft().run();
    }
  }

  /** Runs all loops until none has anything to do. */
  public void settle() {
    while (loops.values().stream().anyMatch(loop -> !loop.idle())) {
      List.copyOf(loops.values()).forEach(Loop::run);
    }
  }

  /** A message comes from the network; the raft loop runs. */
  public void deliver(Envelope message) {
    arrive(message);
    raft().run();
  }
}
