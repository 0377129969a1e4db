package io.raftlessons.snapshots;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.snapshots.SnapshotsFixture.empty;
import static io.raftlessons.snapshots.SnapshotsFixture.entry;
import static io.raftlessons.snapshots.SnapshotsFixture.meta;
import static io.raftlessons.snapshots.SnapshotsFixture.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.Effect.SendAfterSync;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.membership.Configurations;
import io.raftlessons.replication.LogEffect;
import io.raftlessons.replication.LogWrite.ResetLog;
import io.raftlessons.snapshots.SnapshotEffect.Restore;
import io.raftlessons.snapshots.SnapshotEffect.StoreChunk;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.SnapshotMeta;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A follower gets a snapshot (Figure 13, receiver). */
class ReceivingTest {
  private static final SnapshotMeta META = meta(9, 3);

  private static SnapshotsFixture whole(SnapshotsFixture f, SnapshotMeta meta) {
    f.install("s2", 4, meta, 0, 3);
    f.stored();
    f.install("s2", 4, meta, 3, 3);
    f.stored();
    f.install("s2", 4, meta, 6, 1);
    f.stored();
    return f;
  }

  private static SnapshotsFixture restored(SnapshotsFixture f, SnapshotMeta meta) {
    whole(f, meta);
    assertThat(f.only(Restore.class).meta()).isEqualTo(meta);
    f.step(s -> f.snapshots.restored(s, meta));
    return f;
  }

  @Test
  void aQuestionIsAnsweredWithHowMuchIsThere() {
    SnapshotsFixture f = empty();
    f.ask("s2", 4, META);
    assertThat(f.answer().getOffset()).isZero();
    assertThat(f.answer().getId()).isEqualTo(META.getId());
    assertThat(f.answer().getInstalled()).isFalse();
    f.install("s2", 4, META, 0, 3);
    assertThat(f.answers()).as("not before it is written").isEmpty();
    f.stored();
    assertThat(f.answer().getOffset()).isEqualTo(3);
  }

  @Points(2)
  @Exercise({"4.5", "4.3", "4.4"})
  @Rule("SN-7")
  @Bugs("S04-term")
  @Test
  void aSnapshotTakesThePlaceOfALogThatIsShorter() {
    SnapshotsFixture f = restored(empty(), META);
    assertThat(f.log.lastIndex()).isEqualTo(9);
    assertThat(f.log.lastTerm()).isEqualTo(3);
    assertThat(f.effects.of(ResetLog.class)).hasSize(1);
    assertThat(f.replication.commitIndex()).isEqualTo(9);
    assertThat(f.replication.lastApplied()).isEqualTo(9);
    assertThat(f.snapshots.latest()).contains(META);
    f.append(4, 9, 3, 10, entry(10, 4));
    assertThat(f.log.lastIndex()).isEqualTo(10);
    assertThat(f.effects.of(LogEffect.Apply.class).get(0).entries()).containsExactly(entry(10, 4));
  }

  @Test
  void theAnswerWaitsForTheDisk() {
    SnapshotsFixture f = restored(empty(), META);
    assertThat(f.answer().getInstalled()).isTrue();
    assertThat(f.effects.of(SendAfterSync.class)).hasSize(1);
  }

  @Points(3)
  @Exercise({"4.5", "4.3", "4.4"})
  @Rule("SN-8")
  @Bugs("S07-install")
  @Test
  void theConfigurationComesWithIt() {
    SnapshotMeta other =
        META.toBuilder()
            .setConfiguration(Configurations.ofVoters(List.of("s1", "s2", "s7")))
            .setConfigurationIndex(5)
            .build();
    SnapshotsFixture f = restored(start(1, 1), other);
    assertThat(f.history.members()).containsExactly("s1", "s2", "s7");
    assertThat(f.history.latestIndex()).isEqualTo(5);
    assertThat(f.history.committedIndex()).isEqualTo(5);
  }

  /** Figure 13, receiver step 6. */
  @Test
  void whatFollowsTheSnapshotInTheLogStays() {
    SnapshotsFixture f = start(1, 3, 3);
    f.append(4, 4, 3, 0);
    restored(f, meta(3, 3));
    assertThat(f.log.lastIndex()).isEqualTo(4);
    assertThat(f.effects.of(ResetLog.class)).isEmpty();
    assertThat(f.history.members()).containsExactly("s1", "s2", "s3");
  }

  /** Figure 13, receiver step 7. */
  @Points(3)
  @Exercise({"4.5", "4.3", "4.4"})
  @Rule("SN-7")
  @Bugs("S04-term")
  @Test
  void aLogThatConflictsGoes() {
    SnapshotsFixture f = restored(start(1, 2, 2), meta(3, 3));
    assertThat(f.log.lastIndex()).isEqualTo(3);
    assertThat(f.log.lastTerm()).isEqualTo(3);
    assertThat(f.effects.of(ResetLog.class)).hasSize(1);
  }

  @Points(4)
  @Exercise("4.3")
  @Rule("SN-5")
  @Bugs("S01")
  @Test
  void anOlderSnapshotMovesNothingBack() {
    SnapshotsFixture f = start(1, 1, 1);
    f.append(4, 4, 1, 4);
    f.install("s2", 4, meta(3, 1), 0, 3);
    assertThat(f.effects.of(StoreChunk.class)).isEmpty();
    assertThat(f.answer().getInstalled()).isTrue();
    assertThat(f.replication.commitIndex()).isEqualTo(4);
    assertThat(f.log.lastIndex()).isEqualTo(4);
  }

  @Points(4)
  @Exercise("4.3")
  @Rule("SN-3")
  @Bugs("S01-offset")
  @Test
  void whatIsNotTheNextPieceIsNotWritten() {
    SnapshotsFixture f = empty();
    f.install("s2", 4, META, 3, 3);
    assertThat(f.effects.of(StoreChunk.class)).isEmpty();
    assertThat(f.answer().getOffset()).isZero();
    f.install("s2", 4, META, 0, 3);
    StoreChunk first = f.only(StoreChunk.class);
    f.install("s2", 4, META, 0, 3);
    assertThat(f.effects.of(StoreChunk.class)).as("it came twice").isEmpty();
    f.step(s -> f.snapshots.chunkStored(s, first));
    f.install("s2", 4, META, 0, 3);
    assertThat(f.effects.of(StoreChunk.class)).as("and late").isEmpty();
    assertThat(f.answer().getOffset()).isEqualTo(3);
    f.step(s -> f.snapshots.chunkStored(s, first));
    assertThat(f.answers()).as("stored once").isEmpty();
  }

  @Test
  void anotherSnapshotBeginsAnew() {
    SnapshotsFixture f = empty();
    f.install("s2", 4, META, 0, 3);
    StoreChunk ofTheFirst = f.only(StoreChunk.class);
    SnapshotMeta newer = meta(12, 4);
    f.ask("s2", 4, newer);
    assertThat(f.answer().getOffset()).isZero();
    f.step(s -> f.snapshots.chunkStored(s, ofTheFirst));
    f.ask("s2", 4, newer);
    assertThat(f.answer().getOffset()).isZero();
  }

  /** The same content under the same name: not a byte is sent again. */
  @Test
  void anotherLeaderGoesOnWithTheSameSnapshot() {
    SnapshotsFixture f = empty();
    f.install("s2", 4, META, 0, 3);
    f.stored();
    f.ask("s3", 5, META);
    assertThat(f.answer().getOffset()).isEqualTo(3);
    f.ask("s3", 5, META.toBuilder().setChecksum(8).build());
    assertThat(f.answer().getOffset()).isZero();
  }

  @Test
  void aSnapshotThatCannotBeStoredBeginsAnew() {
    SnapshotsFixture f = empty();
    f.install("s2", 4, META, 0, 3);
    f.stored();
    f.install("s2", 4, META, 3, 3);
    StoreChunk lost = f.only(StoreChunk.class);
    f.step(s -> f.snapshots.storeFailed(s, lost));
    f.ask("s2", 4, META);
    assertThat(f.answer().getOffset()).isZero();
  }

  /** The log came by itself meanwhile. */
  @Points(4)
  @Exercise({"4.4", "4.3"})
  @Rule("SN-5")
  @Bugs("S01-overtaken")
  @Test
  void aSnapshotThatIsOvertakenIsNotUsed() {
    SnapshotsFixture f = start(1, 1);
    f.install("s2", 4, meta(5, 4), 0, 3);
    f.stored();
    f.install("s2", 4, meta(5, 4), 3, 3);
    f.stored();
    f.install("s2", 4, meta(5, 4), 6, 1);
    StoreChunk last = f.only(StoreChunk.class);
    f.append(4, 3, 1, 6, entry(4, 4), entry(5, 4), entry(6, 4));
    f.step(s -> f.snapshots.chunkStored(s, last));
    assertThat(f.effects.of(Restore.class)).isEmpty();
    assertThat(f.replication.commitIndex()).isEqualTo(6);
  }

  /** Twice the same entries, in the snapshot and from the log: a counter would count them twice. */
  @Points(4)
  @Exercise({"4.4", "4.3"})
  @Rule("SN-8")
  @Bugs("B35-restoring")
  @Test
  void nothingReachesTheMachineWhileItIsReplaced() {
    SnapshotsFixture f = whole(start(1, 1), meta(5, 4));
    f.append(4, 3, 1, 6, entry(4, 4), entry(5, 4), entry(6, 4));
    assertThat(f.effects.of(LogEffect.Apply.class)).isEmpty();
    f.step(s -> f.snapshots.restored(s, meta(5, 4)));
    assertThat(f.effects.of(LogEffect.Apply.class).get(0).entries()).containsExactly(entry(6, 4));
  }

  @Test
  void whileItIsReplacedNothingElseBegins() {
    SnapshotsFixture f = whole(empty(), META);
    f.install("s2", 4, meta(12, 4), 0, 3);
    assertThat(f.effects.of(StoreChunk.class)).isEmpty();
    f.step(s -> f.snapshots.restored(s, META));
    assertThat(f.replication.commitIndex()).isEqualTo(9);
  }

  @Test
  void whoGetsASnapshotHearsItsLeader() {
    SnapshotsFixture f = start(1, 1);
    for (int i = 0; i < 20; i++) {
      f.pass(40 * MS);
      f.ask("s2", 4, META);
    }
    assertThat(f.core.leader()).isEqualTo("s2");
    assertThat(f.core.currentTerm()).isEqualTo(4);
  }

  @Test
  void aFormerLeaderIsRefused() {
    SnapshotsFixture f = start(1, 1);
    f.append(5, 3, 1, 0);
    f.install("s3", 4, META, 0, 3);
    assertThat(f.effects.of(StoreChunk.class)).isEmpty();
    assertThat(CoreFixture.sent(f.effects, BodyCase.INSTALL_SNAPSHOT_REPLY).get(0).getTerm())
        .isEqualTo(5);
    assertThat(f.answer().getInstalled()).isFalse();
  }

  @Test
  void anEmptySnapshotIsOneToo() {
    SnapshotMeta nothing = META.toBuilder().setSize(0).build();
    SnapshotsFixture f = empty();
    f.ask("s2", 4, nothing);
    f.stored();
    assertThat(f.only(Restore.class).meta()).isEqualTo(nothing);
  }
}
