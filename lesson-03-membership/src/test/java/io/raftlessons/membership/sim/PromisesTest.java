package io.raftlessons.membership.sim;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.sim.Violation;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.RequestVoteReply;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PromisesTest {
  private static final Set<String> GROUP = new TreeSet<>(List.of("a", "b", "leader"));

  private final Promises promises = new Promises();

  private void acknowledges(String server, long term, int entries) {
    promises.sent(
        Envelope.newBuilder()
            .setFrom(server)
            .setTo("leader")
            .setTerm(term)
            .setAppendEntriesReply(
                AppendEntriesReply.newBuilder().setSuccess(true).setCount(entries))
            .build());
  }

  private void votes(String server, long term, boolean granted) {
    votes(server, "leader", term, granted);
  }

  private void votes(String server, String candidate, long term, boolean granted) {
    promises.sent(
        Envelope.newBuilder()
            .setFrom(server)
            .setTo(candidate)
            .setTerm(term)
            .setRequestVoteReply(RequestVoteReply.newBuilder().setGranted(granted))
            .build());
  }

  private void commits(long index) {
    promises.letCommit("leader", GROUP, index, 2);
  }

  @Test
  void aLeaderCommitsWhatAMajorityHasAcknowledgedInItsTerm() {
    acknowledges("a", 1, 9);
    acknowledges("a", 2, 7);
    acknowledges("a", 2, 3);
    commits(7);
    assertThatThrownBy(() -> commits(8))
        .isInstanceOf(Violation.class)
        .hasMessage(
            "OnlyVotersCommit: leader commits up to 8 in term 2: 1 of the voters [a, b, leader] have"
                + " that");
  }

  @Test
  void aCandidateLeadsWithTheVotesOfAMajorityInItsTerm() {
    votes("a", 1, true);
    votes("a", 2, false);
    assertThatThrownBy(() -> promises.letLead("leader", GROUP, 2))
        .hasMessage(
            "OnlyVotersElect: leader leads term 2: 1 of the voters [a, b, leader] chose it");
    votes("b", 2, true);
    promises.letLead("leader", GROUP, 2);
    assertThatThrownBy(() -> promises.letLead("b", GROUP, 2)).isInstanceOf(Violation.class);
  }

  @Test
  void whatAMemberSaysOnAnEmptiedDiskIsWorthNothing() {
    acknowledges("a", 2, 7);
    promises.worthNothing("a");
    acknowledges("a", 2, 8);
    votes("a", 3, true);
    commits(7); // what it said before counts
    assertThatThrownBy(() -> commits(8)).isInstanceOf(Violation.class);
    assertThatThrownBy(() -> promises.letLead("leader", GROUP, 3)).isInstanceOf(Violation.class);
  }

  @Test
  void whoJoinsAnewHasAcknowledgedNothingAndMaySpeak() {
    acknowledges("a", 2, 7);
    promises.worthNothing("a");
    promises.joinsAnew("a");
    assertThatThrownBy(() -> commits(7)).isInstanceOf(Violation.class);
    acknowledges("a", 2, 8);
    commits(8);
  }

  @Test
  void aVoteOfTheDiskBeforeCountsForItsCandidate() {
    votes("a", 2, true);
    promises.joinsAnew("a");
    votes("a", "b", 2, true);
    promises.letLead("leader", GROUP, 2);
  }
}
