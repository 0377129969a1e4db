package io.raftlessons.cluster.integration;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** What clients reached with the attempts that they began in one phase. Thread-safe. */
final class Phase {
  private final String name;
  private final List<Integer> liveNodes;
  private final AtomicIntegerArray acknowledgedWrites = new AtomicIntegerArray(4);
  private final AtomicInteger retries = new AtomicInteger();
  private final AtomicInteger unknown = new AtomicInteger();

  /**
   * @param liveNodes at which new writes must be acknowledged before the phase ends
   */
  Phase(String name, List<Integer> liveNodes) {
    this.name = name;
    this.liveNodes = liveNodes;
  }

  void acknowledgedWrite(int node) {
    acknowledgedWrites.incrementAndGet(node);
  }

  void retry() {
    retries.incrementAndGet();
  }

  void unknownOutcome() {
    unknown.incrementAndGet();
  }

  boolean awaitsWrites() {
    return !liveNodes.isEmpty();
  }

  /** The fewest that any live node acknowledged. */
  int fewestWrites() {
    return liveNodes.stream().mapToInt(acknowledgedWrites::get).min().orElse(0);
  }

  int retries() {
    return retries.get();
  }

  int unknownOutcomes() {
    return unknown.get();
  }

  @Override
  public String toString() {
    return "%s: writes %d, %d, %d at the three nodes, %d retries, %d unknown outcomes"
        .formatted(
            name,
            acknowledgedWrites.get(1),
            acknowledgedWrites.get(2),
            acknowledgedWrites.get(3),
            retries.get(),
            unknown.get());
  }
}
