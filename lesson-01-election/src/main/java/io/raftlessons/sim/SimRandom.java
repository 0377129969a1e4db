package io.raftlessons.sim;

import java.util.random.RandomGenerator;

/**
 * The world's source of random numbers: SplitMix64, written out, so that a seed means the same run
 * on every JDK.
 */
public final class SimRandom implements RandomGenerator {
  private long state;

  public SimRandom(long seed) {
    state = mix(seed + 0x9E3779B97F4A7C15L);
  }

  @Override
  public long nextLong() {
    state += 0x9E3779B97F4A7C15L;
    return mix(state);
  }

  /** From 0 to {@code bound - 1}. */
  @Override
  public long nextLong(long bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive, it is " + bound);
    }
    return Long.remainderUnsigned(nextLong(), bound);
  }

  @Override
  public int nextInt(int bound) {
    return (int) nextLong(bound);
  }

  @Override
  public int nextInt() {
    return (int) (nextLong() >>> 32);
  }

  @Override
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** From {@code low} to {@code high}, both included. */
  public long between(long low, long high) {
    return low + nextLong(high - low + 1);
  }

  /** True with this probability. */
  public boolean chance(double probability) {
    return nextDouble() < probability;
  }

  /** A generator of its own, so that drawing from one does not change the other. */
  public SimRandom split() {
    return new SimRandom(nextLong());
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
