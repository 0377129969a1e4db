package io.raftlessons.membership;

import java.util.random.RandomGenerator;

/**
 * A start of a server on its disk, as a number: how many there were, and below that what was drawn
 * at this one. A disk that was set back counts to the same number again, and draws another.
 */
final class Life {
  private static final int DRAWN_BITS = 20;

  private Life() {}

  /** The one after {@code life}; 0 is before the first. */
  static long next(long life, RandomGenerator random) {
    return ((count(life) + 1) << DRAWN_BITS) + random.nextInt(1 << DRAWN_BITS);
  }

  static long count(long life) {
    return life >> DRAWN_BITS;
  }

  /** Whether the disk that {@code other} was on can have come to {@code life} by itself. */
  static boolean follows(long life, long other) {
    return life == other || count(life) > count(other);
  }
}
