package io.raftlessons.cluster.bench;

import java.util.Arrays;
import java.util.List;

/** Durations in nanoseconds; percentiles by nearest rank. Not thread-safe. */
final class Samples {
  private long[] values = new long[1 << 12];
  private int count;
  private boolean sorted;

  void add(long nanos) {
    if (count == values.length) {
      values = Arrays.copyOf(values, count * 2);
    }
    values[count++] = nanos;
    sorted = false;
  }

  static Samples of(List<Samples> parts) {
    Samples all = new Samples();
    for (Samples part : parts) {
      for (int i = 0; i < part.count; i++) {
        all.add(part.values[i]);
      }
    }
    return all;
  }

  int count() {
    return count;
  }

  /**
   * In milliseconds; NaN if there is none.
   *
   * @param share above 0, at most 1, which is the maximum
   */
  double millis(double share) {
    if (count == 0) {
      return Double.NaN;
    }
    if (!sorted) {
      Arrays.sort(values, 0, count);
      sorted = true;
    }
    return values[Math.max(0, (int) Math.ceil(share * count) - 1)] / 1e6;
  }
}
