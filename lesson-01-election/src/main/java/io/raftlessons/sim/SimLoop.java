package io.raftlessons.sim;

import io.raftlessons.runtime.EventLoop;

/**
 * A loop in virtual time. Its clock is the server's: it may run fast or slow. A task that blocks on
 * the disk makes the loop busy, and everything posted to it waits.
 */
final class SimLoop implements EventLoop {
  private final Timeline timeline;
  private final SimHost host;
  private final int number;
  private long busyUntil;

  SimLoop(Timeline timeline, SimHost host, int number) {
    this.timeline = timeline;
    this.host = host;
    this.number = number;
  }

  @Override
  public long now() {
    return host.localTime(timeline.now());
  }

  @Override
  public void execute(Runnable task) {
    timeline.post(timeline.now(), this, task);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    long at = timeline.now() + host.worldSpan(Math.max(0, delayNanos));
    SimEvent event = timeline.post(at, this, task);
    return event::cancel;
  }

  boolean dead() {
    return host.dead();
  }

  SimHost host() {
    return host;
  }

  int number() {
    return number;
  }

  long busyUntil() {
    return busyUntil;
  }

  void busyUntil(long time) {
    busyUntil = Math.max(busyUntil, time);
  }
}
