package io.raftlessons.replication;

import static io.raftlessons.replication.ReplicationFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.replication.LogWrite.WriteLog;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What goes to disk, and what of it counts when it is there (R10, B36). */
class RaftLogWritesTest {
  private static WriteLog take(RaftLog log) {
    return log.takeWrite().orElseThrow();
  }

  @Test
  void appendsBecomeOneWrite() throws IOException {
    RaftLog log = RaftLogTest.of(1);
    log.append(entry(2, 1));
    log.append(entry(3, 2));
    WriteLog write = take(log);
    assertThat(write.sequence()).isEqualTo(1);
    assertThat(write.from()).isEqualTo(2);
    assertThat(write.entries()).containsExactly(entry(2, 1), entry(3, 2));
    assertThat(log.takeWrite()).isEmpty();
  }

  @Test
  void truncationAndAppendAreOneWrite() throws IOException {
    RaftLog log = RaftLogTest.of(1, 1, 1);
    log.truncate(2);
    log.append(entry(2, 2));
    WriteLog write = take(log);
    assertThat(write.from()).isEqualTo(2);
    assertThat(write.entries()).containsExactly(entry(2, 2));
  }

  @Test
  void aTruncationAloneIsAWriteWithoutEntries() throws IOException {
    RaftLog log = RaftLogTest.of(1, 1, 1);
    log.truncate(2);
    WriteLog write = take(log);
    assertThat(write.from()).isEqualTo(2);
    assertThat(write.entries()).isEmpty();
    log.persisted(write);
    assertThat(log.persistedIndex()).isEqualTo(1);
  }

  @Test
  void aWriteReachesBackToTheDeepestTruncation() throws IOException {
    RaftLog log = RaftLogTest.of(1, 1, 1, 1);
    log.truncate(2);
    log.append(entry(2, 2));
    log.append(entry(3, 2));
    log.truncate(3);
    log.append(entry(3, 3));
    WriteLog write = take(log);
    assertThat(write.from()).isEqualTo(2);
    assertThat(write.entries()).containsExactly(entry(2, 2), entry(3, 3));
  }

  @Test
  void whatWasNeverWrittenAndIsTruncatedStillMakesAWrite() throws IOException {
    RaftLog log = RaftLogTest.of(1);
    log.append(entry(2, 1));
    log.truncate(2);
    assertThat(take(log).entries()).isEmpty();
  }

  @Test
  void entriesCountWhenTheirWriteIsOnDiskAndNoSooner() throws IOException {
    RaftLog log = RaftLogTest.of(1);
    log.append(entry(2, 1));
    WriteLog first = take(log);
    log.append(entry(3, 1));
    WriteLog second = take(log);
    assertThat(second.sequence()).isEqualTo(2);
    assertThat(log.persistedIndex()).isEqualTo(1);
    log.persisted(first);
    assertThat(log.persistedIndex()).isEqualTo(2);
    log.persisted(second);
    assertThat(log.persistedIndex()).isEqualTo(3);
  }

  /**
   * Written, truncated, written again, with the same index and term at the end: a comparison of
   * terms would take the first write for the third. On disk is then still [1:1 2:2 3:2], and a
   * crash leaves no entry 4 although it would have counted.
   */
  @Test
  void aWriteOfEntriesThatWereTruncatedAndAppendedAgainDoesNotCount() throws IOException {
    RaftLog log = RaftLogTest.of(1);
    log.append(entry(2, 2));
    log.append(entry(3, 2));
    final WriteLog first = take(log);
    log.truncate(2);
    log.append(entry(2, 3));
    final WriteLog second = take(log);
    log.truncate(2);
    log.append(entry(2, 2));
    log.append(entry(3, 2));
    final WriteLog third = take(log);
    assertThat(third.entries()).isEqualTo(first.entries());

    log.persisted(first);
    assertThat(log.persistedIndex()).isEqualTo(1);
    log.persisted(second);
    assertThat(log.persistedIndex()).isEqualTo(1);
    log.persisted(third);
    assertThat(log.persistedIndex()).isEqualTo(3);
  }

  @Test
  void aWriteUnderWayDoesNotCountOnceItsTailIsTruncated() throws IOException {
    RaftLog log = RaftLogTest.of(1);
    log.append(entry(2, 1));
    log.append(entry(3, 1));
    final WriteLog first = take(log);
    log.truncate(3);
    log.persisted(first);
    assertThat(log.persistedIndex()).as("before the truncation is taken").isEqualTo(1);
    log.append(entry(3, 2));
    log.persisted(take(log));
    assertThat(log.persistedIndex()).isEqualTo(3);
  }

  /** The write that carries the truncation proves the entries before it: one file, one order. */
  @Test
  void aTruncationOnDiskProvesWhatWasWrittenBefore() throws IOException {
    RaftLog log = RaftLogTest.of(1);
    log.append(entry(2, 1));
    log.append(entry(3, 1));
    final WriteLog first = take(log);
    log.truncate(3);
    final WriteLog second = take(log);
    log.persisted(first);
    log.persisted(second);
    assertThat(log.persistedIndex()).isEqualTo(2);
  }

  /** Appends, truncations, writes and their completions in any order, against a plain sum. */
  @Test
  void theBytesThatAreNotOnDiskAreCountedExactly() throws IOException {
    for (long seed = 1; seed <= 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RaftLog log = RaftLogTest.of(1);
      ArrayDeque<WriteLog> inFlight = new ArrayDeque<>();
      long term = 1;
      for (int step = 0; step < 60; step++) {
        int what = random.nextInt(4);
        if (what == 0 && log.lastIndex() > 1) {
          log.truncate(random.nextLong(1, log.lastIndex() + 1));
          term++;
        } else if (what == 1 && !inFlight.isEmpty()) {
          log.persisted(inFlight.removeFirst());
        } else {
          log.append(entry(log.lastIndex() + 1, term));
        }
        log.takeWrite().ifPresent(inFlight::addLast);
        long expected = 0;
        for (long index = log.persistedIndex() + 1; index <= log.lastIndex(); index++) {
          expected += log.get(index).getSerializedSize();
        }
        assertThat(log.unpersistedBytes()).as("seed %d, step %d", seed, step).isEqualTo(expected);
      }
    }
  }
}
