package io.raftlessons.membership;

import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.core.CoreFixture.requestVote;
import static io.raftlessons.membership.MembershipFixture.configuration;
import static io.raftlessons.membership.MembershipFixture.empty;
import static io.raftlessons.membership.MembershipFixture.group;
import static io.raftlessons.membership.MembershipFixture.voter;
import static io.raftlessons.membership.MembershipFixture.voters;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Role;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The first configuration of a server that runs already. */
class LiveBootstrapTest {
  private static String bootstrap(MembershipFixture f, Configuration configuration) {
    List<String> refusals = new ArrayList<>();
    f.step(s -> f.membership.bootstrap(s, configuration).ifPresent(refusals::add));
    return String.join(", ", refusals);
  }

  @Test
  void theFirstEntryIsAsAnOfflineBootstrapWritesIt() {
    MembershipFixture f = empty().start();
    assertThat(bootstrap(f, voters(3))).isEmpty();
    assertThat(f.log.get(1)).isEqualTo(configuration(1, 1, voters(3)));
    assertThat(f.core.currentTerm()).isEqualTo(1);
    assertThat(f.core.role()).isEqualTo(Role.FOLLOWER);
    assertThat(f.latest()).isEqualTo("s1 s2 s3");
    assertThat(f.announced).containsExactly("1/0");
    assertThat(f.effects.of(SaveHardState.class)).hasSize(1);
    f.pass(2 * T);
    assertThat(f.sent(BodyCase.PRE_VOTE)).as("now it may campaign").hasSize(2);
  }

  @Test
  void aServerThatWasOnlyAskedWhetherItWouldVoteHasNoState() {
    MembershipFixture f = empty().term(1).start();
    assertThat(bootstrap(f, voters(1))).isEmpty();
    f.leadSettled();
    assertThat(f.core.currentTerm()).isEqualTo(2);
  }

  @Test
  void aServerThatHasAStateRefuses() {
    String refusal = "this server has a state already";
    assertThat(bootstrap(group(3).start(), voters(3))).isEqualTo(refusal);
    assertThat(bootstrap(empty().term(2).start(), voters(3))).isEqualTo(refusal);
    MembershipFixture voted = empty().start();
    voted.pass(2 * T);
    voted.receive(requestVote("s2", 1, 0, 0));
    assertThat(bootstrap(voted, voters(3))).isEqualTo(refusal);
    MembershipFixture again = empty().start();
    bootstrap(again, voters(3));
    assertThat(bootstrap(again, voters(3))).isEqualTo(refusal);
    assertThat(again.log.lastIndex()).isEqualTo(1);
  }

  @Test
  void aWrongConfigurationIsRefused() {
    MembershipFixture f = empty().start();
    assertThat(bootstrap(f, configuration())).isEqualTo("at least one voter is needed");
    assertThat(bootstrap(f, configuration(voter("s2")))).isEqualTo("s1 is not among the voters");
    assertThat(bootstrap(f, configuration(MembershipFixture.nonvoter("s1"), voter("s2"))))
        .isEqualTo("s1 is not among the voters");
    assertThat(f.log.lastIndex()).isZero();
    assertThat(f.core.currentTerm()).isZero();
  }
}
