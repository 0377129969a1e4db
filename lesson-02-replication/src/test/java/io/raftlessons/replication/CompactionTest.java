package io.raftlessons.replication;

import static io.raftlessons.replication.ReplicationFixture.entry;
import static io.raftlessons.replication.ReplicationFixture.group;
import static io.raftlessons.replication.ReplicationFixture.log;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.replication.LogWrite.ResetLog;
import io.raftlessons.replication.LogWrite.TrimLog;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A log whose beginning is in a snapshot (§7). */
class CompactionTest {
  private static RaftLog compacted(long index, long... terms) throws IOException {
    RaftLog log = RaftLogTest.of(terms);
    assertThat(log.compact(index)).isEqualTo(index);
    return log;
  }

  @Test
  void theTermOfTheBoundaryIsKnown() throws IOException {
    RaftLog log = compacted(3, 1, 1, 2, 2, 4);
    assertThat(log.boundary()).isEqualTo(3);
    assertThat(log.has(3, 2)).isTrue();
    assertThat(log.has(3, 1)).isFalse();
    assertThat(log.has(2, 1)).isFalse();
    assertThat(log.covers(2, 99)).as("it is committed, so it is the same").isTrue();
    assertThat(log.termAt(4)).isEqualTo(2);
    assertThat(log.termAt(5)).isEqualTo(4);
    assertThatThrownBy(() -> log.termAt(2)).isInstanceOf(IllegalArgumentException.class);
    assertThat(log.cached(3)).isFalse();
    assertThat(log.get(4)).isEqualTo(entry(4, 2));
    assertThat(log.lastIndex()).isEqualTo(5);
  }

  @Test
  void theWholeLogMayGo() throws IOException {
    RaftLog log = compacted(3, 1, 1, 2);
    assertThat(log.lastIndex()).isEqualTo(3);
    assertThat(log.lastTerm()).isEqualTo(2);
    log.append(entry(4, 3));
    assertThat(log.get(4)).isEqualTo(entry(4, 3));
    assertThat(log.termAt(3)).isEqualTo(2);
    log.truncate(4);
    assertThat(log.lastIndex()).isEqualTo(3);
    assertThat(log.lastTerm()).isEqualTo(2);
  }

  @Test
  void whatIsNotOnDiskStays() throws IOException {
    RaftLog log = RaftLogTest.of(1, 1);
    log.append(entry(3, 1));
    assertThat(log.compact(3)).isEqualTo(2);
    assertThat(log.compact(1)).as("never back").isEqualTo(2);
    assertThat(log.cached(3)).isTrue();
  }

  @Test
  void hintsKnowNothingBeforeTheBoundary() throws IOException {
    RaftLog log = compacted(3, 1, 1, 2, 5, 5);
    assertThat(log.conflictHint(5, 4)).isEqualTo(4);
    assertThat(log.conflictHint(3, 5)).isEqualTo(3);
    assertThat(log.conflictHint(1, 5)).isZero();
  }

  @Test
  void aSnapshotTakesThePlaceOfTheLog() throws IOException {
    RaftLog log = RaftLogTest.of(1, 1);
    log.append(entry(3, 1));
    LogWrite.WriteLog write = log.takeWrite().orElseThrow();
    log.reset(new LogStart(9, 4, 70));
    assertThat(log.lastIndex()).isEqualTo(9);
    assertThat(log.lastTerm()).isEqualTo(4);
    assertThat(log.lastTime()).isEqualTo(70);
    assertThat(log.persistedIndex()).isEqualTo(9);
    assertThat(log.unpersistedBytes()).isZero();
    log.persisted(write);
    assertThat(log.persistedIndex()).as("that write is of the past").isEqualTo(9);
    assertThat(log.takeWrite()).isEmpty();
    log.append(entry(10, 4));
    assertThat(log.takeWrite().orElseThrow().from()).isEqualTo(10);
  }

  private static RaftLog load(InmemLogStore store, LogStart snapshot, List<Entry> shown)
      throws IOException {
    return RaftLog.load(store, 1 << 20, snapshot, shown::add);
  }

  private static InmemLogStore storeFrom(long first, long... terms) {
    InmemLogStore store = new InmemLogStore();
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < terms.length; i++) {
      entries.add(entry(first + i, terms[i]));
    }
    store.write(first, entries);
    return store;
  }

  @Test
  void aLogBehindASnapshotIsLoaded() throws IOException {
    List<Entry> shown = new ArrayList<>();
    RaftLog log = load(storeFrom(8, 3, 4), new LogStart(7, 3, 50), shown);
    assertThat(log.boundary()).isEqualTo(7);
    assertThat(log.has(7, 3)).isTrue();
    assertThat(log.snapshotIndex()).isEqualTo(7);
    assertThat(shown).containsExactly(entry(8, 3), entry(9, 4));
  }

  /** The store keeps whole segments, so it begins anywhere before the snapshot's end. */
  @Test
  void aLogThatReachesBackIntoTheSnapshotKeepsItsFirstEntryAsBoundary() throws IOException {
    RaftLog log = load(storeFrom(5, 2, 3, 3, 3, 4), new LogStart(7, 3, 50), new ArrayList<>());
    assertThat(log.boundary()).isEqualTo(5);
    assertThat(log.has(5, 2)).isTrue();
    assertThat(log.snapshotIndex()).isEqualTo(7);
    assertThat(log.lastIndex()).isEqualTo(9);
  }

  @Test
  void nothingButASnapshotIsALogToo() throws IOException {
    RaftLog log = load(new InmemLogStore(), new LogStart(7, 3, 50), new ArrayList<>());
    assertThat(log.lastIndex()).isEqualTo(7);
    assertThat(log.lastTerm()).isEqualTo(3);
    assertThat(log.lastTime()).isEqualTo(50);
  }

  @Test
  void whatIsMissingIsSaid() {
    assertThatThrownBy(() -> load(storeFrom(9, 3), new LogStart(7, 3, 50), new ArrayList<>()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("starts at index 9")
        .hasMessageContaining("newest snapshot ends at 7");
  }

  @Test
  void aLeaderTellsWhoNeedsASnapshotOnce() {
    ReplicationFixture f = leaderWithCompactedLog();
    assertThat(f.heard).contains("fellBehind s2").doesNotContain("fellBehind s3");
    f.heard.clear();
    f.propose("x");
    f.heartbeat();
    assertThat(f.heard).doesNotContain("fellBehind s2");
  }

  /** s2 has nothing; the log of s1 begins behind 3. */
  private static ReplicationFixture leaderWithCompactedLog() {
    ReplicationFixture f = group(3).log(1, 1, 1, 1).start().lead();
    f.persist();
    f.hasAll("s3");
    f.step(s -> f.replication.applied(s, 4));
    f.step(s -> f.replication.compact(s, 3));
    assertThat(f.effects.of(TrimLog.class)).containsExactly(new TrimLog(3));
    f.rejection("s2", f.replication.progress("s2").nextIndex() - 1, 0, 0);
    return f;
  }

  /** It verifies nothing and commits nothing, but keeps the follower from campaigning. */
  @Test
  void whoWaitsForASnapshotGetsHeartbeatsOnly() {
    ReplicationFixture f = leaderWithCompactedLog();
    f.propose("x");
    assertThat(appendsTo(f, "s2")).isEmpty();
    f.heartbeat();
    List<AppendEntries> beats = appendsTo(f, "s2");
    assertThat(beats).hasSize(1);
    assertThat(beats.get(0).getPrevLogIndex()).isZero();
    assertThat(beats.get(0).getPrevLogTerm()).isZero();
    assertThat(beats.get(0).getEntriesCount()).isZero();
    f.success("s2", 0, 0);
    assertThat(f.replication.progress("s2").state()).isEqualTo(Progress.State.SNAPSHOT);
  }

  private static List<AppendEntries> appendsTo(ReplicationFixture f, String peer) {
    return CoreFixture.sent(f.effects, BodyCase.APPEND_ENTRIES).stream()
        .filter(m -> m.getTo().equals(peer))
        .map(Envelope::getAppendEntries)
        .toList();
  }

  @Test
  void replicationGoesOnBehindTheSnapshot() {
    ReplicationFixture f = leaderWithCompactedLog();
    f.step(s -> f.replication.snapshotEnded(s, "s2", 3));
    assertThat(f.replication.progress("s2").matchIndex()).isEqualTo(3);
    assertThat(appendsTo(f, "s2"))
        .singleElement()
        .satisfies(append -> assertThat(append.getPrevLogIndex()).isEqualTo(3));
  }

  @Test
  void aSnapshotThatDidNotArriveIsNeededAgain() {
    ReplicationFixture f = leaderWithCompactedLog();
    f.heard.clear();
    f.step(s -> f.replication.snapshotEnded(s, "s2", 0));
    assertThat(f.heard).contains("fellBehind s2");
  }

  /** It may speak of a former log, of a former leader. */
  @Test
  void aSnapshotBehindOurLogIsNotBelieved() {
    ReplicationFixture f = leaderWithCompactedLog();
    f.step(s -> f.replication.snapshotEnded(s, "s2", 99));
    assertThat(f.replication.progress("s2").matchIndex()).isZero();
  }

  private static ReplicationFixture followerWithCompactedLog() {
    ReplicationFixture f = group(3).log(1, 1, 2, 2, 2).start();
    f.append(3, 5, 2, 4);
    f.step(s -> f.replication.applied(s, 4));
    f.step(s -> f.replication.compact(s, 3));
    assertThat(f.log.boundary()).isEqualTo(3);
    return f;
  }

  private static AppendEntriesReply answer(ReplicationFixture f) {
    return CoreFixture.sent(f.effects, BodyCase.APPEND_ENTRIES_REPLY)
        .get(0)
        .getAppendEntriesReply();
  }

  @Test
  void whatIsBeforeTheBoundaryAgrees() {
    ReplicationFixture f = followerWithCompactedLog();
    f.append(3, 1, 1, 4, entry(2, 1), entry(3, 2), entry(4, 2), entry(5, 2), entry(6, 3));
    assertThat(answer(f).getSuccess()).isTrue();
    assertThat(f.log.lastIndex()).isEqualTo(6);
    f.append(3, 1, 1, 4, entry(2, 1));
    assertThat(answer(f).getSuccess()).isTrue();
    assertThat(answer(f).getCount()).isEqualTo(1);
  }

  /** The boundary is committed: the logs agree there, whatever the leader asks about. */
  @Test
  void aRefusalPointsToTheBoundaryAtLeast() {
    ReplicationFixture f = followerWithCompactedLog();
    f.append(3, 5, 1, 4);
    assertThat(answer(f).getSuccess()).isFalse();
    assertThat(answer(f).getHintIndex()).isEqualTo(3);
    assertThat(answer(f).getHintTerm()).isEqualTo(2);
  }

  @Test
  void aConflictBehindTheBoundaryIsCutOff() {
    ReplicationFixture f = followerWithCompactedLog();
    f.append(3, 1, 1, 4, entry(2, 1), entry(3, 2), entry(4, 2), entry(5, 3));
    assertThat(answer(f).getSuccess()).isTrue();
    assertThat(f.log.lastTerm()).isEqualTo(3);
    assertThat(f.heard).contains("truncated 5");
  }

  @Test
  void nothingIsTrimmedThatIsNotApplied() {
    ReplicationFixture f = group(3).log(1, 1, 2, 2, 2).start();
    f.append(3, 5, 2, 4);
    f.step(s -> f.replication.applied(s, 2));
    f.step(s -> f.replication.compact(s, 4));
    assertThat(f.log.boundary()).isEqualTo(2);
  }

  /** Figure 13, receiver step 6: it has the snapshot's last entry. */
  @Test
  void entriesBehindASnapshotStayIfTheyFollowIt() {
    ReplicationFixture f = group(3).log(1, 1, 2, 2, 2).start();
    f.step(s -> f.replication.restoring(s));
    f.step(s -> f.replication.restored(s, new LogStart(4, 2, 0)));
    assertThat(f.log.lastIndex()).isEqualTo(5);
    assertThat(f.log.boundary()).isEqualTo(4);
    assertThat(f.replication.commitIndex()).isEqualTo(4);
    assertThat(f.replication.lastApplied()).isEqualTo(4);
    assertThat(f.effects.of(ResetLog.class)).isEmpty();
    f.append(3, 5, 2, 5);
    assertThat(f.handedOut).containsExactly(log(1, 1, 2, 2, 2).get(4));
  }

  /** Figure 13, receiver step 7. */
  @Test
  void aLogThatDoesNotAgreeGoesWhole() {
    ReplicationFixture f = group(3).log(1, 1, 2, 2, 2).start();
    f.step(s -> f.replication.restoring(s));
    f.step(s -> f.replication.restored(s, new LogStart(4, 3, 0)));
    assertThat(f.log.lastIndex()).isEqualTo(4);
    assertThat(f.log.lastTerm()).isEqualTo(3);
    assertThat(f.effects.of(ResetLog.class)).hasSize(1);
    assertThat(f.heard).contains("truncated 5");
    assertThat(f.replication.commitIndex()).isEqualTo(4);
  }

  /** They would be applied twice: the snapshot has them. */
  @Test
  void nothingReachesAMachineThatIsAboutToBeReplaced() {
    ReplicationFixture f = group(3).log(1, 1, 2, 2, 2).start();
    f.step(s -> f.replication.restoring(s));
    f.append(3, 5, 2, 5);
    assertThat(f.handedOut).isEmpty();
    f.step(s -> f.replication.restored(s, new LogStart(4, 2, 0)));
    assertThat(f.handedOut).containsExactly(log(1, 1, 2, 2, 2).get(4));
  }
}
