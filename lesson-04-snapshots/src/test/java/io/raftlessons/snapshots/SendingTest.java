package io.raftlessons.snapshots;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.snapshots.SnapshotsFixture.CONTENT;
import static io.raftlessons.snapshots.SnapshotsFixture.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.replication.LogWrite.TrimLog;
import io.raftlessons.replication.Progress;
import io.raftlessons.snapshots.SnapshotEffect.LoadChunk;
import io.raftlessons.snapshots.SnapshotEffect.TakeAnother;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.InstallSnapshot;
import io.raftlessons.wire.SnapshotMeta;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A leader sends a snapshot to who is too far behind. */
class SendingTest {
  private static final long PATIENCE = CoreFixture.T;

  private final SnapshotsFixture f = start(1, 1, 1).leadWithSnapshot();
  private final SnapshotMeta meta = f.snapshots.latest().orElseThrow();

  private InstallSnapshot onlyInstall() {
    assertThat(f.installs()).as("InstallSnapshots that this step sent").hasSize(1);
    return f.installs().get(0);
  }

  @Test
  void takingASnapshotTrimsTheLog() {
    SnapshotsFixture one = start(1, 1, 1).leadWithSnapshot();
    assertThat(one.effects.of(TrimLog.class)).containsExactly(new TrimLog(one.log.lastIndex()));
    assertThat(one.log.boundary()).isEqualTo(one.log.lastIndex());
  }

  @Test
  void trailingEntriesStay() {
    SnapshotsFixture one = start(1, 1, 1).leadWithSnapshot();
    one.append(9, one.log.lastIndex(), one.log.lastTerm(), 0); // another leads, and has more
    long last = one.log.lastIndex();
    one.append(
        9,
        last,
        one.log.lastTerm(),
        last + 2,
        SnapshotsFixture.entry(last + 1, 9),
        SnapshotsFixture.entry(last + 2, 9));
    one.replicate("s3");
    one.step(s -> one.replication.applied(s, last + 2));
    one.step(s -> one.snapshots.taken(s, SnapshotsFixture.meta(last + 2, 9), 1));
    assertThat(one.log.boundary()).isEqualTo(last + 1);
  }

  @Test
  void whoIsTooFarBehindIsAskedWhatItHas() {
    assertThat(onlyInstall().getMeta()).isEqualTo(meta);
    assertThat(onlyInstall().getData().isEmpty()).isTrue();
  }

  @Test
  void aChunkFollowsEveryAnswer() {
    StringBuilder got = new StringBuilder();
    for (int offset = 0; offset < CONTENT.size(); offset += 3) {
      f.replies("s2", meta, offset, false);
      assertThat(f.only(LoadChunk.class).offset()).isEqualTo(offset);
      f.loaded();
      got.append(onlyInstall().getData().toStringUtf8());
    }
    assertThat(got.toString()).isEqualTo(CONTENT.toStringUtf8());
    f.replies("s2", meta, CONTENT.size(), false);
    assertThat(f.effects.of(LoadChunk.class)).as("it has all, and is using it").isEmpty();
    f.replies("s2", meta, CONTENT.size(), true);
    assertThat(f.replication.progress("s2").matchIndex()).isEqualTo(meta.getIndex());
    assertThat(f.snapshots.sending()).isEmpty();
    List<AppendEntries> probes =
        CoreFixture.sent(f.effects, BodyCase.APPEND_ENTRIES).stream()
            .filter(m -> m.getTo().equals("s2"))
            .map(Envelope::getAppendEntries)
            .toList();
    assertThat(probes).hasSize(1);
    assertThat(probes.get(0).getPrevLogIndex()).isEqualTo(meta.getIndex());
  }

  @Test
  void itGoesOnWhereTheFollowerIs() {
    f.replies("s2", meta, 5, false);
    assertThat(f.only(LoadChunk.class).offset()).isEqualTo(5);
  }

  /** Whatever was lost, question, chunk or answer: otherwise the follower waits for ever. */
  @Points(2)
  @Exercise({"4.2", "4.1"})
  @Rule("UN-31")
  @Bugs("B31")
  @Test
  void whatGetsNoAnswerIsAskedAgain() {
    f.replies("s2", meta, 0, false);
    f.loaded();
    f.pass(PATIENCE - MS);
    assertThat(f.installs()).isEmpty();
    f.pass(MS);
    assertThat(onlyInstall().getData().isEmpty()).isTrue();
    f.replies("s2", meta, 3, false);
    assertThat(f.only(LoadChunk.class).offset()).isEqualTo(3);
  }

  @Test
  void itWakesUpToAskAgain() {
    assertThat(f.effects.wakeAt()).isLessThanOrEqualTo(f.now + PATIENCE);
  }

  @Test
  void aDoubledAnswerDoesNotSendTwice() {
    f.replies("s2", meta, 0, false);
    f.replies("s2", meta, 0, false);
    assertThat(f.effects.of(LoadChunk.class)).isEmpty();
  }

  @Test
  void anAnswerAboutAnotherSnapshotIsNotMeant() {
    f.replies("s2", SnapshotsFixture.meta(2, 1), 7, true);
    assertThat(f.replication.progress("s2").state()).isEqualTo(Progress.State.SNAPSHOT);
    assertThat(f.snapshots.sending()).containsKey("s2");
  }

  @Test
  void aSnapshotThatIsGoneGivesWayToTheNewest() {
    f.replies("s2", meta, 3, false);
    LoadChunk load = f.only(LoadChunk.class);
    f.step(s -> f.snapshots.chunkMissing(s, "s2", load.meta()));
    assertThat(f.installs()).as("not at once: it may be missing for long").isEmpty();
    assertThat(f.snapshots.sending()).containsEntry("s2", new Snapshots.Sending(meta, 0));
    f.pass(PATIENCE);
    assertThat(onlyInstall().getMeta()).isEqualTo(meta);
  }

  @Test
  void noMoreIsSentThanAllowed() {
    SnapshotConfig slow = new SnapshotConfig(100, Duration.ofSeconds(1), 0, 3, 100);
    SnapshotsFixture one = start(slow, 1, 1, 1).leadWithSnapshot();
    SnapshotMeta its = one.snapshots.latest().orElseThrow();
    one.replies("s2", its, 0, false);
    one.loaded();
    one.replies("s2", its, 3, false);
    assertThat(one.effects.of(LoadChunk.class)).as("3 bytes at 100 a second").isEmpty();
    assertThat(one.effects.wakeAt()).isLessThanOrEqualTo(one.now + 30 * MS);
    one.pass(29 * MS);
    assertThat(one.effects.of(LoadChunk.class)).isEmpty();
    one.pass(MS);
    assertThat(one.effects.of(LoadChunk.class)).hasSize(1);
  }

  @Test
  void aLeaderThatIsDeposedStopsSending() {
    f.append(f.core.currentTerm() + 1, 0, 0, 0);
    assertThat(f.snapshots.sending()).isEmpty();
  }

  /** It was read for an earlier leadership, and the snapshot is another one now. */
  @Points(2)
  @Exercise({"4.2", "4.1"})
  @Rule("UN-31")
  @Bugs("S08")
  @Test
  void aChunkOfATransferThatIsOverIsNotSent() {
    f.replies("s2", meta, 3, false);
    LoadChunk late = f.only(LoadChunk.class);
    f.append(f.core.currentTerm() + 1, 0, 0, 0);
    f.leadWithSnapshot();
    assertThat(f.snapshots.sending()).containsKey("s2");
    f.step(
        s -> f.snapshots.chunkLoaded(s, "s2", late.meta(), late.offset(), CONTENT.substring(3, 6)));
    assertThat(f.installs()).as("sent to s2 of the chunk that came late").isEmpty();
  }

  /** Or it would need another one as soon as it has this one. */
  @Points(3)
  @Exercise("4.1")
  @Rule("UN-30")
  @Bugs("B31-queue")
  @Test
  void theLogBehindASnapshotOnItsWayStays() {
    grow();
    f.take();
    assertThat(f.log.boundary()).isEqualTo(meta.getIndex());
  }

  /** A dead server must not keep the log for ever. */
  @Test
  void theLogDoesNotWaitForTheSilent() {
    f.pass(PATIENCE);
    grow();
    f.take();
    assertThat(f.log.boundary()).isGreaterThan(meta.getIndex());
  }

  private void grow() {
    f.step(s -> f.replication.propose(s, Entry.Type.COMMAND, SnapshotsFixture.CONTENT));
    f.replicate("s3");
    f.step(s -> f.replication.applied(s, f.log.lastIndex()));
  }

  /** Of several with the same end the store may have kept the last only. */
  @Points(2)
  @Exercise("4.1")
  @Rule("UN-31")
  @Bugs("B31-newest")
  @Test
  void ofTwoWithTheSameEndTheLaterOneIsSent() {
    SnapshotMeta again = meta.toBuilder().setId("again").build();
    f.step(s -> f.snapshots.taken(s, again, 0));
    assertThat(f.snapshots.latest()).contains(again);
  }

  /** Without it whoever needs it would wait until enough is written for the next. */
  @Points(2)
  @Exercise({"4.2", "4.1"})
  @Rule("UN-31")
  @Bugs("B31-unreadable")
  @Test
  void ifTheNewestCannotBeReadAnotherIsTaken() {
    f.replies("s2", meta, 3, false);
    LoadChunk load = f.only(LoadChunk.class);
    f.step(s -> f.snapshots.chunkMissing(s, "s2", load.meta()));
    f.only(TakeAnother.class);
    SnapshotMeta another = meta.toBuilder().setId("another").build();
    f.step(s -> f.snapshots.taken(s, another, 0));
    f.pass(PATIENCE);
    f.replies("s2", meta, 3, false);
    f.step(s -> f.snapshots.chunkMissing(s, "s2", meta));
    assertThat(f.effects.of(TakeAnother.class)).isEmpty();
    assertThat(f.snapshots.sending()).containsEntry("s2", new Snapshots.Sending(another, 0));
  }

  /**
   * Where snapshots follow each other fast and one is kept, it would be gone again after a wait,
   * and so for ever: seed 2102578 of the simulation.
   */
  @Points(2)
  @Exercise({"4.2", "4.1"})
  @Rule("UN-31")
  @Bugs("B31-chase")
  @Test
  void aNewerOneIsReadAtOnce() {
    f.replies("s2", meta, 3, false);
    f.only(LoadChunk.class);
    SnapshotMeta newer = SnapshotsFixture.meta(meta.getIndex() + 1, 1);
    f.step(s -> f.snapshots.taken(s, newer, 1));
    f.step(s -> f.snapshots.chunkMissing(s, "s2", meta));
    LoadChunk load = f.only(LoadChunk.class);
    assertThat(load.meta()).isEqualTo(newer);
    assertThat(load.offset()).isZero();
  }

  /** One that was begun before a snapshot came from the leader may end after it. */
  @Points(3)
  @Exercise("4.1")
  @Rule("UN-32")
  @Bugs("B32")
  @Test
  void theNewestSnapshotIsNeverAnOlderOne() {
    f.step(s -> f.snapshots.taken(s, SnapshotsFixture.meta(2, 1), 0));
    assertThat(f.snapshots.latest()).contains(meta);
  }
}
