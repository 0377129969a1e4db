package io.raftlessons.replication;

import static io.raftlessons.core.CoreFixture.message;
import static io.raftlessons.replication.ReplicationFixture.appendEntries;
import static io.raftlessons.replication.ReplicationFixture.group;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.Effects;
import io.raftlessons.core.Role;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A leader brings a follower's log to its own (§5.3): two real servers, s1 leads, s2 follows. */
class LogRepairTest {
  /** Figure 7: the log of the leader of term 8. */
  private static final long[] LEADER = {1, 1, 1, 4, 4, 5, 5, 6, 6, 6};

  private ReplicationFixture leader = group(3).start();
  private ReplicationFixture follower = group(3).start();
  private int rejections;
  private int messages;

  private void start(long[] leaderLog, long leaderTerm, long[] followerLog, int maxAppendBytes) {
    ReplicationConfig bounds =
        new ReplicationConfig(maxAppendBytes, 4, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20);
    leader = group(3).term(leaderTerm).log(leaderLog).bounds(bounds).start().lead();
    leader.persist();
    follower = group(3).id("s2").term(leaderTerm).log(followerLog).bounds(bounds).start();
  }

  /** Carries messages between the two until none is left. */
  private void exchange(Effects first) {
    List<Envelope> wire = new ArrayList<>(toFollower(first));
    while (!wire.isEmpty()) {
      assertThat(++messages).as("messages").isLessThan(500);
      Effects answer = follower.receive(wire.remove(0));
      List<Envelope> replies = CoreFixture.sent(answer, BodyCase.APPEND_ENTRIES_REPLY);
      follower.persist();
      for (Envelope reply : replies) {
        rejections += reply.getAppendEntriesReply().getSuccess() ? 0 : 1;
        wire.addAll(toFollower(leader.receive(reply)));
      }
    }
  }

  private static List<Envelope> toFollower(Effects effects) {
    return CoreFixture.sent(effects, BodyCase.APPEND_ENTRIES).stream()
        .filter(m -> m.getTo().equals("s2"))
        .toList();
  }

  private void sameLogs() {
    assertThat(follower.terms()).isEqualTo(leader.terms());
    for (long i = 1; i <= leader.log.lastIndex(); i++) {
      assertThat(follower.log.get(i)).isEqualTo(leader.log.get(i));
    }
    Progress progress = leader.replication.progress("s2");
    assertThat(progress.state()).isEqualTo(Progress.State.REPLICATE);
    assertThat(progress.matchIndex()).isEqualTo(leader.log.lastIndex());
    assertThat(leader.replication.commitIndex()).isEqualTo(leader.log.lastIndex());
  }

  private static long[] terms(String text) {
    return Arrays.stream(text.split(" ")).mapToLong(Long::parseLong).toArray();
  }

  /** One rejection is one round trip: no more of them than the follower's log has terms. */
  @ParameterizedTest(name = "({0})")
  @CsvSource({
    "a, 1 1 1 4 4 5 5 6 6",
    "b, 1 1 1 4",
    "c, 1 1 1 4 4 5 5 6 6 6 6",
    "d, 1 1 1 4 4 5 5 6 6 6 7 7",
    "e, 1 1 1 4 4 4 4",
    "f, 1 1 1 2 2 2 3 3 3 3 3",
  })
  void figure7(String name, String log) {
    start(LEADER, 7, terms(log), 1 << 20);
    exchange(leader.heartbeat());
    sameLogs();
    long distinct = Arrays.stream(terms(log)).distinct().count();
    assertThat(rejections).as(name).isLessThanOrEqualTo((int) distinct);
  }

  @Test
  void figure7f_takesTwoRejectionsWhereOneByOneWouldTakeSeven() {
    start(LEADER, 7, terms("1 1 1 2 2 2 3 3 3 3 3"), 1 << 20);
    exchange(leader.heartbeat());
    sameLogs();
    assertThat(rejections).isLessThanOrEqualTo(2);
  }

  /** A long disagreement within one term costs one round trip, not one for each entry. */
  @Test
  void aThousandConflictingEntriesOfOneTermCostOneRejection() {
    long[] stale = new long[1000];
    Arrays.fill(stale, 2);
    stale[0] = 1;
    long[] good = new long[1000];
    Arrays.fill(good, 3);
    good[0] = 1;
    start(good, 3, stale, 1 << 20);
    exchange(leader.heartbeat());
    sameLogs();
    assertThat(rejections).isEqualTo(1);
  }

  @Points(4)
  @Exercise({"2.6", "2.1", "2.4"})
  @Rule("UN-8")
  @Bugs("B40")
  @Test
  void anEmptyLogCostsOneRejection() {
    start(LEADER, 7, new long[] {}, 1 << 20);
    exchange(leader.heartbeat());
    sameLogs();
    assertThat(rejections).isEqualTo(1);
  }

  /** B40: with one entry in each message the conflicting entry is offered too. */
  @ParameterizedTest
  @ValueSource(strings = {"1 1 1 4", "1 1 1 4 4 4 4", "1 1 1 2 2 2 3 3 3 3 3"})
  void oneEntryInEachMessageRepairsTheLogToo(String log) {
    start(LEADER, 7, terms(log), 1);
    exchange(leader.heartbeat());
    sameLogs();
  }

  /** Any two logs that Raft can produce, and any size of message. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void anyLogIsRepaired(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20; round++) {
      long[] common = grow(new long[] {}, 0, random);
      long[] mine = grow(common, 0, random);
      long[] its = grow(common, 1, random);
      start(mine, 60, its, random.nextBoolean() ? 1 : 60);
      exchange(leader.heartbeat());
      sameLogs();
    }
  }

  /** Terms of one parity only: a term has one leader. */
  private static long[] grow(long[] log, int parity, SplittableRandom random) {
    long[] longer = Arrays.copyOf(log, log.length + random.nextInt(9));
    for (int i = log.length; i < longer.length; i++) {
      long last = i == 0 ? 2 : longer[i - 1];
      longer[i] = (last % 2 == parity ? last : last + 1) + (random.nextInt(3) == 0 ? 2 : 0);
    }
    return longer;
  }

  /** R19, B12: answers that come late, twice or in disorder cost no resend. */
  @Points(3)
  @Exercise({"2.4", "2.1"})
  @Rule("LD-3")
  @Bugs("R06")
  @Test
  void aRejectionThatComesAgainIsNotAnsweredWithAnotherProbe() {
    ReplicationFixture f = group(3).term(7).log(LEADER).start().lead();
    f.rejection("s2", 10, 4, 4);
    AppendEntries probe = f.onlySentTo("s2");
    assertThat(probe.getPrevLogIndex()).isEqualTo(4);
    f.rejection("s2", 10, 4, 4);
    f.rejection("s2", 10, 2, 1);
    assertThat(f.sentTo("s2")).isEmpty();
    f.success("s2", 4, probe.getEntriesCount());
    f.rejection("s2", 4, 0, 0);
    f.rejection("s2", 10, 0, 0);
    assertThat(f.sentTo("s2")).isEmpty();
    assertThat(f.replication.progress("s2").nextIndex()).isEqualTo(12);
  }

  /**
   * A follower of term 6 refused a message of our term 5; its answer comes when we lead term 6. It
   * says nothing about the follower's log, and must not send us back to the first entry.
   */
  @Test
  void aLateRefusalOfAnOldTermDoesNotSendUsBackToTheBeginning() {
    long[] log = new long[100];
    Arrays.fill(log, 1);
    ReplicationFixture s2 = group(3).id("s2").term(6).log(log).start();
    s2.receive(appendEntries("s1", 5, 100, 1, 0, List.of()));
    AppendEntriesReply late = s2.reply();

    ReplicationFixture f = group(3).term(5).log(log).start().lead();
    assertThat(f.core.currentTerm()).isEqualTo(6);
    f.receive(message("s2", 6, Envelope.newBuilder().setAppendEntriesReply(late)));
    assertThat(f.replication.progress("s2").nextIndex()).isGreaterThanOrEqualTo(100);
  }

  @Test
  void aReplyOfAnOldTermIsIgnoredAndOneOfALaterTermEndsTheLeadership() {
    ReplicationFixture f = group(3).term(5).log(1).start().lead();
    AppendEntriesReply ok =
        AppendEntriesReply.newBuilder().setSuccess(true).setPrevLogIndex(2).build();
    f.receive(message("s2", 5, Envelope.newBuilder().setAppendEntriesReply(ok)));
    assertThat(f.replication.progress("s2").matchIndex()).isZero();
    f.receive(message("s2", 7, Envelope.newBuilder().setAppendEntriesReply(ok)));
    assertThat(f.core.role()).isEqualTo(Role.FOLLOWER);
    assertThat(f.core.currentTerm()).isEqualTo(7);
    assertThat(f.replication.commitIndex()).isZero();
  }
}
