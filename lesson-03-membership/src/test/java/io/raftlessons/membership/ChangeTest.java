package io.raftlessons.membership;

import static io.raftlessons.membership.Configurations.nonvoter;
import static io.raftlessons.membership.Configurations.voter;
import static io.raftlessons.membership.MembershipFixture.configuration;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.membership.Change.AddNonvoter;
import io.raftlessons.membership.Change.AddVoter;
import io.raftlessons.membership.Change.DemoteVoter;
import io.raftlessons.membership.Change.Promote;
import io.raftlessons.membership.Change.RemoveServer;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Server;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangeTest {
  private static final Server S1 = voter("s1", "a:1");
  private static final Server S2 = voter("s2", "a:2").toBuilder().setStorage(22).build();
  private static final Server S3 = nonvoter("s3", "a:3").toBuilder().setStorage(33).build();
  private static final Configuration BEFORE = configuration(S1, S2, S3);

  private static void changesNothing(Change change) {
    assertThat(change.applyTo(BEFORE)).as(change.describe()).isEqualTo(BEFORE);
  }

  @Test
  void aNewServerComesLastAndHasNoVoteAndNoDisk() {
    Configuration after = configuration(S1, S2, S3, nonvoter("s4", "a:4"));
    assertThat(new AddNonvoter("s4", "a:4").applyTo(BEFORE)).isEqualTo(after);
    assertThat(new AddVoter("s4", "a:4").applyTo(BEFORE)).isEqualTo(after);
  }

  @Test
  void aServerThatIsThereGetsTheAddressAndKeepsTheRest() {
    Server moved = S2.toBuilder().setAddress("b:2").build();
    assertThat(new AddNonvoter("s2", "b:2").applyTo(BEFORE))
        .isEqualTo(configuration(S1, moved, S3));
    assertThat(new AddVoter("s2", "b:2").applyTo(BEFORE)).isEqualTo(configuration(S1, moved, S3));
    Server movedNonvoter = S3.toBuilder().setAddress("b:3").build();
    assertThat(new AddVoter("s3", "b:3").applyTo(BEFORE))
        .as("no vote before it has caught up")
        .isEqualTo(configuration(S1, S2, movedNonvoter));
  }

  @Test
  void aDemotedServerKeepsAddressAndDisk() {
    assertThat(new DemoteVoter("s2").applyTo(BEFORE))
        .isEqualTo(configuration(S1, nonvoter("s2", "a:2").toBuilder().setStorage(22).build(), S3));
  }

  @Test
  void aRemovedServerIsGone() {
    assertThat(new RemoveServer("s2").applyTo(BEFORE)).isEqualTo(configuration(S1, S3));
    assertThat(new RemoveServer("s3").applyTo(BEFORE)).isEqualTo(configuration(S1, S2));
  }

  @Test
  void aPromotedServerGetsItsVoteAndItsDisk() {
    assertThat(new Promote("s3", "a:3", 34).applyTo(BEFORE))
        .isEqualTo(configuration(S1, S2, voter("s3", "a:3").toBuilder().setStorage(34).build()));
  }

  @Test
  void whatIsSoAlreadyChangesNothing() {
    changesNothing(new AddVoter("s2", "a:2"));
    changesNothing(new AddVoter("s3", "a:3"));
    changesNothing(new AddNonvoter("s3", "a:3"));
    changesNothing(new AddNonvoter("s2", "a:2"));
    changesNothing(new DemoteVoter("s3"));
    changesNothing(new DemoteVoter("s9"));
    changesNothing(new RemoveServer("s9"));
  }

  @Test
  void onlyTheNonvoterThatCaughtUpIsPromoted() {
    changesNothing(new Promote("s3", "b:3", 34));
    changesNothing(new Promote("s9", "a:9", 34));
  }

  /** B4: else a majority before and one after need not meet. */
  @Test
  void noChangeChangesMoreThanOneServer() {
    for (String id : List.of("s1", "s2", "s3", "s4")) {
      for (String address : List.of("a:1", "a:3", "b:1")) {
        for (Change change :
            List.of(
                new AddVoter(id, address),
                new AddNonvoter(id, address),
                new DemoteVoter(id),
                new RemoveServer(id),
                new Promote(id, address, 5))) {
          List<Server> others = new ArrayList<>(change.applyTo(BEFORE).getServersList());
          others.removeIf(server -> server.getId().equals(change.id()));
          List<Server> othersBefore = new ArrayList<>(BEFORE.getServersList());
          othersBefore.removeIf(server -> server.getId().equals(change.id()));
          assertThat(others).as(change.toString()).isEqualTo(othersBefore);
        }
      }
    }
  }

  @Test
  void eachSaysWhatItIs() {
    assertThat(new AddVoter("s2", "x").describe()).isEqualTo("add voter s2");
    assertThat(new AddNonvoter("s2", "x").describe()).isEqualTo("add nonvoter s2");
    assertThat(new DemoteVoter("s2").describe()).isEqualTo("demote s2");
    assertThat(new RemoveServer("s2").describe()).isEqualTo("remove s2");
    assertThat(new Promote("s2", "x", 1).describe()).isEqualTo("promote s2");
  }
}
