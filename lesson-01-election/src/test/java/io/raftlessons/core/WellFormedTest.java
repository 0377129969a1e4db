package io.raftlessons.core;

import static io.raftlessons.core.CoreFixture.heartbeatReply;
import static io.raftlessons.core.CoreFixture.message;
import static io.raftlessons.core.CoreFixture.preVote;
import static io.raftlessons.core.CoreFixture.preVoteReply;
import static io.raftlessons.core.CoreFixture.requestVote;
import static io.raftlessons.core.CoreFixture.vote;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.ReadIndex;
import io.raftlessons.wire.ReadIndexReply;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What no correct server sends is dropped before it can raise the term. Ours is 5. */
class WellFormedTest extends RaftCoreFixture {
  private static final long LARGEST = Long.MAX_VALUE / 2;

  private void dropped(Envelope message) {
    String before = core.describe();
    Effects effects = receive(message);
    assertThat(effects.list()).as("%s", message).isEmpty();
    assertThat(journal).as("%s", message).isEmpty();
    assertThat(core.describe()).as("%s", message).isEqualTo(before);
  }

  private void taken(Envelope message) {
    receive(message);
    assertThat(journal).as("%s", message).isNotEmpty();
    journal.clear();
  }

  private static Envelope append(long prevIndex, long prevTerm, long commit, Entry... entries) {
    AppendEntries.Builder append =
        AppendEntries.newBuilder()
            .setPrevLogIndex(prevIndex)
            .setPrevLogTerm(prevTerm)
            .setLeaderCommit(commit);
    for (Entry entry : entries) {
      append.addEntries(entry);
    }
    return message("s2", 9, Envelope.newBuilder().setAppendEntries(append));
  }

  private static Entry entry(long index, long term) {
    return Entry.newBuilder().setIndex(index).setTerm(term).build();
  }

  private static Envelope reply(UnaryOperator<AppendEntriesReply.Builder> fields) {
    AppendEntriesReply.Builder reply = fields.apply(AppendEntriesReply.newBuilder());
    return message("s2", 9, Envelope.newBuilder().setAppendEntriesReply(reply));
  }

  @Test
  void termsAreCountedFromZeroAndNeverComeNearTheEnd() {
    dropped(vote("s2", -1, true));
    dropped(vote("s2", Long.MIN_VALUE, true));
    dropped(vote("s2", LARGEST + 1, true));
    dropped(vote("s2", Long.MAX_VALUE, true));
    dropped(preVoteReply("s2", Long.MAX_VALUE, false, 1));
    dropped(heartbeatReply("s2", Long.MAX_VALUE));
    taken(vote("s2", LARGEST, false));
    assertThat(core.currentTerm()).isEqualTo(LARGEST);
    step(Step::becomeCandidate);
    assertThat(core.currentTerm()).isEqualTo(LARGEST + 1);
  }

  @Test
  void aLogHasNoEntryOfTheTermThatItsServerAsksFor() {
    dropped(requestVote("s2", 9, 9, 3));
    dropped(preVote("s2", 9, 9, 3));
    dropped(requestVote("s2", 9, Long.MAX_VALUE, 3));
    taken(preVote("s2", 9, 8, 3));
  }

  @Test
  void anEntryHasATermAndWhatIsBeforeTheFirstHasNone() {
    dropped(requestVote("s2", 9, 0, 3));
    dropped(requestVote("s2", 9, 3, 0));
    dropped(requestVote("s2", 9, 3, -1));
    dropped(requestVote("s2", 9, -1, 3));
    dropped(requestVote("s2", 9, 3, LARGEST + 1));
    dropped(requestVote("s2", 0, 0, 0));
    dropped(append(3, 0, 0));
    dropped(append(0, 3, 0));
    dropped(append(-1, 3, 0));
    dropped(append(3, -1, 0));
    taken(append(3, 3, 0));
    taken(append(0, 0, 0));
  }

  @Test
  void onlyALeaderAppendsAndItsTermIsOneAtLeast() {
    dropped(append(0, 0, 0).toBuilder().setTerm(0).build());
  }

  @Test
  void entriesFollowEachOther() {
    dropped(append(3, 3, 0, entry(5, 3)));
    dropped(append(3, 3, 0, entry(4, 3), entry(4, 3)));
    dropped(append(3, 3, 0, entry(5, 3), entry(4, 3)));
    dropped(append(0, 0, 0, entry(0, 3)));
    dropped(append(LARGEST, 3, 0, entry(LARGEST + 1, 3)));
    taken(append(3, 3, 0, entry(4, 3), entry(5, 3)));
  }

  @Test
  void termsOfEntriesRiseUpToTheirLeaders() {
    dropped(append(3, 3, 0, entry(4, 2)));
    dropped(append(3, 3, 0, entry(4, 5), entry(5, 4)));
    dropped(append(0, 0, 0, entry(1, 0)));
    dropped(append(0, 0, 0, entry(1, -1)));
    dropped(append(3, 3, 0, entry(4, 10)));
    dropped(append(3, 10, 0));
    taken(append(3, 3, 0, entry(4, 3), entry(5, 9)));
  }

  @Test
  void anEntryOfAnUnknownTypeOrTimeIsNotTaken() {
    Entry good = entry(1, 3);
    dropped(append(0, 0, 0, good.toBuilder().setTypeValue(2).build()));
    dropped(append(0, 0, 0, good.toBuilder().setTime(-1).build()));
    taken(append(0, 0, 0, good));
  }

  @Test
  void whatIsCommittedOrAcknowledgedIsAnIndex() {
    dropped(append(0, 0, -1));
    dropped(append(0, 0, LARGEST + 1));
    dropped(reply(r -> r.setPrevLogIndex(-5).setCount(10).setSuccess(true)));
    dropped(reply(r -> r.setPrevLogIndex(5).setCount(-1)));
    dropped(reply(r -> r.setPrevLogIndex(Long.MAX_VALUE)));
    dropped(reply(r -> r.setPrevLogIndex(5).setCount(Long.MAX_VALUE)));
    dropped(reply(r -> r.setHintIndex(-1)));
    dropped(reply(r -> r.setHintIndex(LARGEST + 1)));
    dropped(reply(r -> r.setHintTerm(-1)));
    dropped(reply(r -> r.setHintIndex(3).setHintTerm(10)));
    taken(reply(r -> r.setPrevLogIndex(LARGEST).setCount(LARGEST).setHintTerm(9)));
  }

  /** A vote for "" would be no vote, and the next candidate of the term would get another one. */
  @Test
  void aSenderHasAName() {
    now += CoreFixture.T;
    dropped(requestVote("", 9, 8, 3));
    taken(requestVote("s2", 9, 8, 3));
  }

  @Test
  void roundsCountUpToo() {
    dropped(preVoteReply("s2", 9, true, -1));
    dropped(reply(r -> r.setReadRound(-1)));
    Envelope request = preVote("s2", 9, 0, 0);
    dropped(request.toBuilder().setPreVote(request.getPreVote().toBuilder().setRound(-1)).build());
    Envelope append = append(0, 0, 0);
    dropped(
        append.toBuilder()
            .setAppendEntries(append.getAppendEntries().toBuilder().setReadRound(-1))
            .build());
  }

  /** A read that waits for an index that never comes waits for ever. */
  @Test
  void aQuestionForAReadHasANumberAndItsAnswerIsAnIndex() {
    assertThat(WellFormed.test(readIndex(-1))).isFalse();
    assertThat(WellFormed.test(readIndexReply(-1, 0))).isFalse();
    assertThat(WellFormed.test(readIndexReply(1, -1))).isFalse();
    assertThat(WellFormed.test(readIndexReply(1, LARGEST + 1))).isFalse();
    assertThat(WellFormed.test(readIndex(0))).isTrue();
    assertThat(WellFormed.test(readIndexReply(Long.MAX_VALUE, LARGEST))).isTrue();
  }

  private static Envelope readIndex(long question) {
    ReadIndex body = ReadIndex.newBuilder().setRequestId(question).build();
    return message("s2", 9, Envelope.newBuilder().setReadIndex(body));
  }

  private static Envelope readIndexReply(long question, long index) {
    ReadIndexReply body =
        ReadIndexReply.newBuilder().setRequestId(question).setReadIndex(index).build();
    return message("s2", 9, Envelope.newBuilder().setReadIndexReply(body));
  }

  @Test
  void aLeaderKeepsNoBookAboutStrangers() {
    lead();
    long start = now;
    step(s -> s.sendNow("s2", anyBody()));
    now += 1000;
    receive(heartbeatReply("s2", core.currentTerm()));
    receive(heartbeatReply("stranger", core.currentTerm()));
    step(
        s -> {
          assertThat(s.heardAt("s2")).isEqualTo(now);
          assertThat(s.heardAt("stranger")).isEqualTo(start);
        });
  }
}
