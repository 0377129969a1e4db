package io.raftlessons.replication;

import java.util.Arrays;

/**
 * The term of every index of the log in little space: a log has few terms, so it is kept as runs
 * (first index, term). Terms never decrease along a log.
 */
final class TermRuns {
  private long[] firstIndex = new long[8];
  private long[] term = new long[8];
  private int runs;

  /** The entry at {@code index}, which follows the last one added, has this term. */
  void append(long index, long entryTerm) {
    if (runs > 0 && term[runs - 1] == entryTerm) {
      return;
    }
    if (runs > 0 && entryTerm < term[runs - 1]) {
      throw new IllegalStateException(
          "entry " + index + " has term " + entryTerm + " after term " + term[runs - 1]);
    }
    if (runs == term.length) {
      firstIndex = Arrays.copyOf(firstIndex, runs * 2);
      term = Arrays.copyOf(term, runs * 2);
    }
    firstIndex[runs] = index;
    term[runs++] = entryTerm;
  }

  /** Forgets {@code from} and all after it. */
  void truncate(long from) {
    while (runs > 0 && firstIndex[runs - 1] >= from) {
      runs--;
    }
  }

  /** Forgets all; the entry at {@code index}, which is not in the log itself, has this term. */
  void startAt(long index, long entryTerm) {
    runs = 0;
    if (index > 0) {
      append(index, entryTerm);
    }
  }

  /** Forgets what is before {@code index}, which is in the log. */
  void forgetBefore(long index) {
    int from = 0;
    while (from + 1 < runs && firstIndex[from + 1] <= index) {
      from++;
    }
    System.arraycopy(firstIndex, from, firstIndex, 0, runs - from);
    System.arraycopy(term, from, term, 0, runs - from);
    runs -= from;
    firstIndex[0] = Math.max(firstIndex[0], index);
  }

  /** The term at an index that is in the log; 0 before the first. */
  long at(long index) {
    int low = 0;
    int high = runs - 1;
    long found = 0;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (firstIndex[middle] <= index) {
        found = term[middle];
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return found;
  }

  /** The largest index up to {@code index} whose term is at most {@code maxTerm}; 0 if none. */
  long lastIndexWithTermAtMost(long maxTerm, long index) {
    for (int run = runs - 1; run >= 0; run--) {
      if (firstIndex[run] <= index && term[run] <= maxTerm) {
        return index;
      }
      index = Math.min(index, firstIndex[run] - 1);
    }
    return 0;
  }
}
