package io.raftlessons.sim;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counts what a run came across. A test that never met a fault proves nothing about it, so batches
 * print these counters and fail if one stays at zero.
 */
public final class Reach {
  private final SortedMap<String, long[]> counts = new TreeMap<>();

  public void count(String what) {
    add(what, 1);
  }

  public void add(String what, long n) {
    counts.computeIfAbsent(what, w -> new long[1])[0] += n;
  }

  public long of(String what) {
    long[] count = counts.get(what);
    return count == null ? 0 : count[0];
  }

  /** Adds the counters of another run. */
  public void addAll(Reach other) {
    other.counts.forEach((what, n) -> add(what, n[0]));
  }

  /** Counts once everything that another run came across. */
  public void countAll(Reach other) {
    other.counts.keySet().forEach(this::count);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    counts.forEach((what, n) -> text.append(String.format("%,16d  %s%n", n[0], what)));
    return text.toString();
  }
}
