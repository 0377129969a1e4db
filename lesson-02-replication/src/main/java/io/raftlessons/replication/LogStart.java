package io.raftlessons.replication;

/**
 * What the beginning of a log stands on: the last entry that a snapshot covers (Figure 13,
 * lastIncludedIndex and lastIncludedTerm).
 *
 * @param index 0 if there is no snapshot
 * @param term of that entry
 * @param timeMillis log time of that entry
 */
public record LogStart(long index, long term, long timeMillis) {
  /** Nothing is covered. */
  public static final LogStart BEGINNING = new LogStart(0, 0, 0);
}
