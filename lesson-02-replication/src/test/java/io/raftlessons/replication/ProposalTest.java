package io.raftlessons.replication;

import static io.raftlessons.replication.ReplicationFixture.entry;
import static io.raftlessons.replication.ReplicationFixture.group;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Gate;
import io.raftlessons.core.Step;
import io.raftlessons.replication.Proposal.Accepted;
import io.raftlessons.replication.Proposal.Reason;
import io.raftlessons.replication.Proposal.Refused;
import io.raftlessons.wire.Entry;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a leader takes, and what it says to what it does not take. */
class ProposalTest {
  private static final int MIB = 1 << 20;

  private static ReplicationConfig bounds(int uncommitted, int entry) {
    return new ReplicationConfig(MIB, 100, MIB, uncommitted, entry, MIB, MIB);
  }

  private static Refused refused(Proposal answer) {
    assertThat(answer).isInstanceOf(Refused.class);
    return (Refused) answer;
  }

  @Test
  void theLeaderAppendsAndSaysWhere() {
    ReplicationFixture f = group(3).term(4).start().leadSettled();
    assertThat(f.propose("a")).isEqualTo(new Accepted(2, 5));
    assertThat(f.propose("b")).isEqualTo(new Accepted(3, 5));
    assertThat(f.log.get(2).getData().toStringUtf8()).isEqualTo("a");
    assertThat(f.log.get(2).getType()).isEqualTo(Entry.Type.COMMAND);
  }

  @Test
  void aFollowerRefusesAndNamesTheLeader() {
    ReplicationFixture f = group(3).start();
    assertThat(refused(f.propose("a")))
        .isEqualTo(new Refused(Reason.NOT_LEADER, "not the leader", ""));
    f.append(4, 0, 0, 0);
    assertThat(refused(f.propose("a")).leader()).isEqualTo("s2");
    assertThat(f.log.lastIndex()).isZero();
    assertThat(f.unsynced).isEmpty();
  }

  @Test
  void aCandidateRefuses() {
    ReplicationFixture f = group(3).start();
    f.step(Step::becomeCandidate);
    assertThat(refused(f.propose("a")).reason()).isEqualTo(Reason.NOT_LEADER);
  }

  @Test
  void aCommandThatIsTooLargeIsRefused() {
    ReplicationFixture f = group(3).bounds(bounds(MIB, 100)).start().leadSettled();
    Refused answer = refused(f.propose(101));
    assertThat(answer.reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(answer.why()).isEqualTo("a command of 101 bytes; at most 100 are taken");
    assertThat(f.propose(100)).isInstanceOf(Accepted.class);
  }

  /** A leader without a quorum must not take work until its memory is full. */
  @Test
  void whatIsNotCommittedIsBounded() {
    ReplicationFixture f = group(3).bounds(bounds(1000, MIB)).start().leadSettled();
    int taken = 0;
    while (f.propose(100) instanceof Accepted) {
      taken++;
      assertThat(taken).isLessThan(11);
    }
    assertThat(taken).isGreaterThan(7);
    assertThat(refused(f.propose(100)).reason()).isEqualTo(Reason.BUSY);
    assertThat(f.log.lastIndex()).isEqualTo(1 + taken);
  }

  @Test
  void whatCommitsMakesRoom() {
    ReplicationFixture f = group(3).bounds(bounds(250, MIB)).start().leadSettled();
    f.propose(100);
    f.propose(100);
    assertThat(f.propose(100)).isInstanceOf(Refused.class);
    f.persist();
    f.success("s2", 1, 1);
    assertThat(f.propose(100)).isInstanceOf(Accepted.class);
    assertThat(f.propose(100)).isInstanceOf(Refused.class);
    f.persist();
    f.hasAll("s2");
    assertThat(f.propose(100)).isInstanceOf(Accepted.class);
    assertThat(f.propose(100)).isInstanceOf(Accepted.class);
    assertThat(f.propose(100)).isInstanceOf(Refused.class);
  }

  /** Its followers commit without it, but what its own disk lacks stays in memory. */
  @Test
  void aLeaderWhoseDiskIsSlowIsBusyAlthoughAllCommits() {
    ReplicationFixture f = group(3).bounds(bounds(250, MIB)).start().leadSettled();
    int taken = 0;
    while (f.propose(100) instanceof Accepted) {
      f.hasAll("s2");
      f.hasAll("s3");
      assertThat(f.replication.commitIndex()).isEqualTo(f.log.lastIndex());
      assertThat(++taken).isLessThan(10);
    }
    assertThat(refused(f.propose(100)).why()).contains("not on the leader's own disk");
    f.persist();
    assertThat(f.log.unpersistedBytes()).isZero();
    assertThat(f.propose(100)).isInstanceOf(Accepted.class);
  }

  @Test
  void oneCommandAlwaysFits() {
    ReplicationFixture f = group(3).bounds(bounds(10, 1000)).start().leadSettled();
    assertThat(f.propose(1000)).isInstanceOf(Accepted.class);
    assertThat(refused(f.propose(0)).reason()).isEqualTo(Reason.BUSY);
  }

  /** Entries of earlier terms were counted by those who led then. */
  @Test
  void entriesOfEarlierTermsTakeNoRoom() {
    ReplicationFixture f =
        group(3).log(1, 1, 1, 1, 1, 1, 1, 1).bounds(bounds(30, MIB)).start().leadSettled();
    assertThat(f.propose(5)).isInstanceOf(Accepted.class);
    assertThat(f.propose(50)).isInstanceOf(Refused.class);
  }

  @Test
  void aNewLeadershipBeginsWithAllItsRoom() {
    ReplicationFixture f = group(3).bounds(bounds(250, MIB)).start().leadSettled();
    f.propose(100);
    f.propose(100);
    f.step(Step::becomeFollower);
    f.leadSettled();
    assertThat(f.propose(100)).isInstanceOf(Accepted.class);
    assertThat(f.propose(100)).isInstanceOf(Accepted.class);
    assertThat(f.propose(100)).isInstanceOf(Refused.class);
  }

  @Test
  void aClosedGateRefusesWithItsReason() {
    Gate closed =
        new Gate() {
          @Override
          public Optional<Gate.Refusal> proposalRefused(Step step) {
            return Optional.of(new Gate.Refusal(Gate.Why.BUSY, "the disk is full"));
          }
        };
    ReplicationFixture f = group(3).gate(closed).start().leadSettled();
    assertThat(refused(f.propose("a")))
        .isEqualTo(new Refused(Reason.BUSY, "the disk is full", "s1"));
    assertThat(f.log.lastIndex()).as("the no-op asks no gate").isEqualTo(1);
  }

  @Test
  void entriesCarryTheLeadersTime() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.clockMillis = 7_000;
    f.propose("a");
    assertThat(f.log.get(2).getTime()).isEqualTo(7_000);
  }

  @Test
  void logTimeDoesNotGoBackWithTheClock() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.clockMillis = 7_000;
    f.propose("a");
    f.clockMillis = 3_000;
    f.propose("b");
    assertThat(f.log.get(3).getTime()).isEqualTo(7_000);
    f.clockMillis = 8_000;
    f.propose("c");
    assertThat(f.log.get(4).getTime()).isEqualTo(8_000);
  }

  /** Sessions and expiry rest on it: a leader whose clock is behind goes on from the log's time. */
  @Test
  void logTimeDoesNotGoBackFromLeaderToLeader() {
    Entry ahead = entry(1, 1).toBuilder().setTime(50_000).build();
    ReplicationFixture f = group(3).stored(List.of(ahead)).start().lead();
    assertThat(f.log.get(2).getTime()).isEqualTo(50_000);

    Entry further = entry(3, 9).toBuilder().setTime(90_000).build();
    f.append(9, 2, 2, 0, further);
    f.lead();
    f.propose("a");
    assertThat(f.log.get(4).getTime()).isEqualTo(90_000);
    assertThat(f.log.get(5).getTime()).isEqualTo(90_000);
  }

  /** An entry that was truncated binds nobody: what counts is the log as it is. */
  @Test
  void logTimeComesFromTheLogAsItIs() {
    ReplicationFixture f = group(3).start().leadSettled();
    f.clockMillis = 90_000;
    f.propose("lost");
    f.append(9, 1, 1, 1, entry(2, 9).toBuilder().setTime(2_000).build());
    f.clockMillis = 3_000;
    f.lead();
    assertThat(f.log.get(3).getTime()).isEqualTo(3_000);
  }

  /** Lesson 3 listens: appends, truncations and commits are told once and in order. */
  @Test
  void theListenersHearWhatHappensToTheLog() {
    ReplicationFixture f = group(3).start();
    f.append(1, 0, 0, 0, entry(1, 1), entry(2, 1), entry(3, 1));
    f.append(1, 0, 0, 0, entry(1, 1));
    f.append(2, 1, 1, 2, entry(2, 2));
    f.lead();
    f.propose("a");
    assertThat(f.heard)
        .containsExactly(
            "appended [1, 2, 3]",
            "truncated 2",
            "appended [2]",
            "committed 2",
            "appended [3]",
            "appended [4]");
  }
}
