package io.raftlessons.membership.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.RequestVoteReply;
import org.junit.jupiter.api.Test;

class PromisesTest {
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
    promises.sent(
        Envelope.newBuilder()
            .setFrom(server)
            .setTo("leader")
            .setTerm(term)
            .setRequestVoteReply(RequestVoteReply.newBuilder().setGranted(granted))
            .build());
  }

  @Test
  void whatWasSaidCountsInItsTerm() {
    acknowledges("a", 2, 7);
    acknowledges("a", 2, 3);
    votes("a", 2, true);
    votes("b", 2, false);
    assertThat(promises.acknowledged("a", 2)).as("the highest").isEqualTo(7);
    assertThat(promises.acknowledged("a", 3)).isZero();
    assertThat(promises.votedFor("a", 2, "leader")).isTrue();
    assertThat(promises.votedFor("a", 3, "leader")).isFalse();
    assertThat(promises.votedFor("a", 2, "other")).isFalse();
    assertThat(promises.votedFor("b", 2, "leader")).as("refused").isFalse();
  }

  @Test
  void whatAMemberSaysOnAnEmptiedDiskIsWorthNothing() {
    acknowledges("a", 2, 7);
    promises.worthNothing("a");
    acknowledges("a", 2, 8);
    votes("a", 3, true);
    assertThat(promises.acknowledged("a", 2)).as("what it said before counts").isEqualTo(7);
    assertThat(promises.votedFor("a", 3, "leader")).isFalse();
  }

  @Test
  void whoJoinsAnewHasAcknowledgedNothingAndMaySpeak() {
    acknowledges("a", 2, 7);
    promises.worthNothing("a");
    promises.joinsAnew("a");
    assertThat(promises.acknowledged("a", 2)).isZero();
    acknowledges("a", 2, 8);
    assertThat(promises.acknowledged("a", 2)).isEqualTo(8);
  }
}
