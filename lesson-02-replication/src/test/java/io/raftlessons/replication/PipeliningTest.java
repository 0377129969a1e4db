package io.raftlessons.replication;

import static io.raftlessons.replication.ReplicationFixture.entry;
import static io.raftlessons.replication.ReplicationFixture.group;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a leader sends: probing, then several messages in flight (thesis 10.2.1). */
class PipeliningTest {
  private static final int ENTRY = 100;
  private static final int MIB = 1 << 20;

  private static ReplicationConfig bounds(int append, int messages, int inflight, int cached) {
    return new ReplicationConfig(append, messages, inflight, MIB, MIB, cached, MIB);
  }

  private static List<Long> indexes(AppendEntries message) {
    return message.getEntriesList().stream().map(Entry::getIndex).toList();
  }

  @Test
  void aThousandProposalsInOneStepAreOneWriteAndOneMessageToEach() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.unsynced.clear();
    f.step(
        s -> {
          for (int i = 0; i < 1000; i++) {
            f.replication.propose(s, Entry.Type.COMMAND, entry(i, 1).getData());
          }
        });
    assertThat(f.unsynced).hasSize(1);
    assertThat(f.unsynced.element().entries()).hasSize(1000);
    assertThat(f.onlySentTo("s2").getEntriesCount()).isEqualTo(1000);
    assertThat(f.onlySentTo("s3").getEntriesCount()).isEqualTo(1000);
  }

  @Test
  void messagesFollowEachOtherWithoutWaiting() {
    ReplicationFixture f = group(3).start().leadSettled();
    for (long index = 2; index <= 5; index++) {
      f.propose("x");
      assertThat(f.onlySentTo("s2").getPrevLogIndex()).isEqualTo(index - 1);
      assertThat(indexes(f.onlySentTo("s2"))).containsExactly(index);
    }
  }

  @Test
  void theWindowStopsThePipelineAndAnAnswerResumesIt() {
    ReplicationFixture f = group(3).bounds(bounds(MIB, 2, MIB, MIB)).start().leadSettled();
    f.propose("a");
    f.propose("b");
    f.propose("c");
    assertThat(f.sentTo("s2")).isEmpty();
    f.propose("d");
    assertThat(f.sentTo("s2")).isEmpty();
    f.success("s2", 1, 1);
    assertThat(indexes(f.onlySentTo("s2"))).containsExactly(4L, 5L);
    assertThat(f.sentTo("s3")).as("its own window is still closed").isEmpty();
  }

  @Test
  void theWindowIsBoundedByBytesToo() {
    ReplicationFixture f =
        group(3).bounds(bounds(ENTRY, 100, 2 * ENTRY, MIB)).start().leadSettled();
    for (int i = 0; i < 4; i++) {
      f.propose(ENTRY);
    }
    assertThat(f.replication.progress("s2").nextIndex()).isEqualTo(4);
    f.success("s2", 2, 0);
    assertThat(indexes(f.onlySentTo("s2"))).containsExactly(4L);
  }

  @Test
  void aMessageCarriesNoMoreThanItsBoundButAlwaysOneEntry() {
    ReplicationFixture f =
        group(3).bounds(bounds(2 * ENTRY + 60, 100, MIB, MIB)).start().leadSettled();
    f.step(
        s -> {
          for (int bytes : new int[] {ENTRY, ENTRY, ENTRY, 10 * ENTRY}) {
            f.replication.propose(s, Entry.Type.COMMAND, ByteString.copyFrom(new byte[bytes]));
          }
        });
    assertThat(f.sentTo("s2").stream().map(PipeliningTest::indexes))
        .containsExactly(List.of(2L, 3L), List.of(4L), List.of(5L));
  }

  @Test
  void aProbeIsOneMessageAtATime() {
    ReplicationFixture f = group(3).log(1, 1).start().lead();
    assertThat(f.sentTo("s2")).hasSize(1);
    f.propose("a");
    f.propose("b");
    assertThat(f.sentTo("s2")).isEmpty();
  }

  /** Whatever a leader waits for is sent again (R19): the probe, or its answer, was lost. */
  @Test
  void theProbeIsRepeatedAtTheHeartbeat() {
    ReplicationFixture f = group(3).log(1, 1).start().lead();
    AppendEntries probe = f.onlySentTo("s2");
    f.heartbeat();
    assertThat(f.onlySentTo("s2"))
        .as("asks the same, and carries nothing to a server that may be dead")
        .isEqualTo(probe.toBuilder().clearEntries().build());
    f.propose("a");
    assertThat(f.sentTo("s2")).as("not before the next heartbeat").isEmpty();
  }

  @Test
  void theAnswerToAProbeSendsAllTheRest() {
    ReplicationFixture f = group(3).log(1, 1).start().lead();
    f.propose("a");
    f.propose("b");
    f.success("s2", 2, 1);
    assertThat(indexes(f.onlySentTo("s2"))).containsExactly(4L, 5L);
  }

  @Test
  void aLeaderSaysSomethingEveryHeartbeatInterval() {
    ReplicationFixture f = group(3).start().leadSettled();
    long start = f.now;
    for (int i = 1; i <= 5; i++) {
      assertThat(f.effects.wakeAt()).isLessThanOrEqualTo(f.now + 50_000_000);
      f.heartbeat();
      assertThat(f.onlySentTo("s2").getEntriesCount()).isZero();
      assertThat(f.onlySentTo("s3").getPrevLogIndex()).isEqualTo(1);
    }
    assertThat(f.now - start).isEqualTo(250_000_000);
  }

  /** R13: an alarm that every input pushes ahead never rings. */
  @Test
  void heartbeatsAreNotPutOffByOtherInput() {
    ReplicationFixture f = group(3).start().leadSettled();
    long due = f.effects.wakeAt();
    f.now += 10_000_000;
    f.propose("a");
    f.hasAll("s2");
    assertThat(f.effects.wakeAt()).isEqualTo(due);
  }

  @Test
  void aHeartbeatChecksWhatWasSentSoALostMessageIsFound() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.propose("lost");
    f.heartbeat();
    assertThat(f.onlySentTo("s2").getPrevLogIndex()).isEqualTo(2);
    f.rejection("s2", 2, 1, 1);
    assertThat(f.onlySentTo("s2").getPrevLogIndex()).isEqualTo(1);
    assertThat(indexes(f.onlySentTo("s2"))).containsExactly(2L);
    f.success("s2", 1, 1);
    assertThat(f.replication.progress("s2").matchIndex()).isEqualTo(2);
  }

  /** If only the answer was lost, the heartbeat's answer opens the window again. */
  @Test
  void aLostAnswerIsMadeUpForByTheNextHeartbeats() {
    ReplicationFixture f = group(3).bounds(bounds(MIB, 1, MIB, MIB)).start().leadSettled();
    f.propose("a");
    f.propose("b");
    assertThat(f.sentTo("s2")).isEmpty();
    f.heartbeat();
    f.success("s2", f.onlySentTo("s2").getPrevLogIndex(), 0);
    assertThat(indexes(f.onlySentTo("s2"))).containsExactly(3L);
  }

  /** Restarted with a small cache, the leader finds old entries on its disk only. */
  @Test
  void entriesThatAreNotInMemoryAreReadBackForAFollower() {
    ReplicationFixture f = behind();
    f.success("s2", 2, 0);
    assertThat(f.sentTo("s2")).isEmpty();
    LogEffect.LoadLog load = f.loads.element();
    assertThat(load.peer()).isEqualTo("s2");
    assertThat(load.from()).isEqualTo(3);
    f.propose("a");
    assertThat(f.loads).as("one wish at a time").hasSize(1);
    f.answerLoad();
    assertThat(indexes(f.sentTo("s2").get(0))).startsWith(3L);
  }

  /** A probe with prevIndex 2 is open, and entry 3 is not in memory. */
  private static ReplicationFixture behind() {
    ReplicationFixture f =
        group(3).log(1, 1, 1, 1, 1, 1).bounds(bounds(20, 10, MIB, 1)).start().lead();
    f.rejection("s2", 6, 2, 1);
    assertThat(f.onlySentTo("s2").getPrevLogIndex()).isEqualTo(2);
    assertThat(f.onlySentTo("s2").getEntriesList()).as("a probe waits for no disk").isEmpty();
    return f;
  }

  @Test
  void aFollowerFarBehindIsBroughtUpPieceByPiece() {
    ReplicationFixture f = behind();
    f.success("s2", 2, 0);
    while (!f.loads.isEmpty()) {
      f.answerLoad();
    }
    assertThat(f.replication.progress("s2").nextIndex()).isEqualTo(8);
    f.persist();
    f.success("s2", 2, 5);
    assertThat(f.replication.commitIndex()).isEqualTo(7);
  }

  @Test
  void whileEntriesAreReadBackHeartbeatsGoOn() {
    ReplicationFixture f = behind();
    f.success("s2", 2, 0);
    f.heartbeat();
    assertThat(f.onlySentTo("s2").getPrevLogIndex()).isEqualTo(2);
    assertThat(f.onlySentTo("s2").getEntriesList()).isEmpty();
  }

  @Test
  void whatWasReadForAnotherPlaceIsNotSent() {
    ReplicationFixture f = behind();
    f.success("s2", 2, 0);
    f.success("s2", 4, 0);
    f.answerLoad();
    assertThat(f.sentTo("s2")).isEmpty();
    assertThat(f.loads.element().from()).as("asked for again").isEqualTo(5);
  }

  @Test
  void whatWasReadButIsNotInTheLogIsNotSent() {
    ReplicationFixture f = behind();
    f.success("s2", 2, 0);
    f.loaded("s2", 3, List.of(entry(3, 7)));
    assertThat(f.sentTo("s2")).isEmpty();
    assertThat(f.replication.progress("s2").nextIndex()).isEqualTo(3);
    assertThat(f.loads).as("asked for again").hasSize(2);
  }

  @Test
  void aLoadThatNobodyWaitsForIsIgnored() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.loaded("s2", 2, List.of(entry(2, 1)));
    f.loaded("s9", 2, List.of());
    assertThat(f.sentTo("s2")).isEmpty();
    f.step(s -> s.becomeFollower());
    f.loaded("s2", 1, List.of(f.log.get(1)));
    assertThat(f.sentTo("s2")).isEmpty();
  }
}
