package io.raftlessons.membership;

import static io.raftlessons.membership.MembershipFixture.command;
import static io.raftlessons.membership.MembershipFixture.configuration;
import static io.raftlessons.membership.MembershipFixture.nonvoter;
import static io.raftlessons.membership.MembershipFixture.voters;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.replication.InmemLogStore;
import io.raftlessons.runtime.InmemStableStore;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is done to the stores of a server that does not run. */
class BootstrapTest {
  private static final Configuration GROUP = Configurations.ofVoters(CoreFixture.servers(3));
  private static final Configuration ONE = Configurations.ofVoters(CoreFixture.servers(1));

  private final InmemStableStore stable = new InmemStableStore();
  private final InmemLogStore log = new InmemLogStore();

  private void hardState(long term, String votedFor) {
    stable.save(CoreFixture.hardState(term, votedFor));
  }

  private boolean hasExistingState() throws IOException {
    return Bootstrap.hasExistingState(stable, log);
  }

  private Entry last() throws IOException {
    return log.read(log.lastIndex(), 1).get(0);
  }

  @Test
  void theFirstConfigurationIsTheFirstEntryAndNothingElse() throws IOException {
    Bootstrap.bootstrap(stable, log, GROUP);
    assertThat(log.lastIndex()).isEqualTo(1);
    assertThat(last()).isEqualTo(configuration(1, 1, GROUP));
    assertThat(stable.load()).isEqualTo(HardState.getDefaultInstance());
    assertThat(hasExistingState()).isTrue();
  }

  @Test
  void aWrongConfigurationIsRefused() {
    assertThatThrownBy(() -> Bootstrap.bootstrap(stable, log, configuration(nonvoter("s1"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("at least one voter is needed");
    assertThat(log.lastIndex()).isZero();
  }

  private void assertCannotBootstrap() {
    assertThatThrownBy(() -> Bootstrap.bootstrap(stable, log, GROUP))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("this server has a state already: ");
  }

  @Test
  void aServerIsBootstrappedOnce() throws IOException {
    Bootstrap.bootstrap(stable, log, GROUP);
    assertCannotBootstrap();
  }

  @Test
  void aServerThatHasVotedOrKnowsATermIsNotBootstrapped() throws IOException {
    hardState(1, "s2");
    assertThat(hasExistingState()).isTrue();
    assertCannotBootstrap();
    hardState(2, "");
    assertThat(hasExistingState()).isTrue();
    assertCannotBootstrap();
  }

  /** A live bootstrap that a crash interrupted has its term on disk, and no more. */
  @Test
  void aServerThatWasOnlyStartedHasNoState() throws IOException {
    assertThat(hasExistingState()).isFalse();
    Bootstrap.beginLife(stable, log, new SplittableRandom(1));
    assertThat(hasExistingState()).isFalse();
    stable.save(stable.load().toBuilder().setCurrentTerm(1).build());
    assertThat(hasExistingState()).isFalse();
    Bootstrap.bootstrap(stable, log, GROUP);
    assertThat(log.lastIndex()).isEqualTo(1);
  }

  @Test
  void aDiskHasOneNumberAndItsLivesAreCounted() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    Bootstrap.beginLife(stable, log, random);
    HardState first = stable.load();
    assertThat(first.getStorage()).isNotZero();
    assertThat(Life.count(first.getLife())).isEqualTo(1);
    Bootstrap.beginLife(stable, log, random);
    HardState second = stable.load();
    assertThat(Life.count(second.getLife())).isEqualTo(2);
    assertThat(second.toBuilder().setLife(first.getLife()).build()).isEqualTo(first);
    stable.save(first);
    Bootstrap.beginLife(stable, log, random);
    assertThat(Life.count(stable.load().getLife())).isEqualTo(2);
    assertThat(stable.load().getLife()).as("it was set back").isNotEqualTo(second.getLife());
    InmemStableStore other = new InmemStableStore();
    Bootstrap.beginLife(other, new InmemLogStore(), random);
    assertThat(other.load().getStorage()).isNotEqualTo(first.getStorage());
  }

  @Test
  void aLifeKeepsTermAndVote() throws IOException {
    hardState(7, "s3");
    log.write(1, List.of(configuration(1, 1, GROUP)));
    Bootstrap.beginLife(stable, log, new SplittableRandom(1));
    assertThat(stable.load().getCurrentTerm()).isEqualTo(7);
    assertThat(stable.load().getVotedFor()).isEqualTo("s3");
  }

  @Test
  void theFirstLifeAfterABootstrapHasItsTerm() throws IOException {
    Bootstrap.bootstrap(stable, log, GROUP);
    Bootstrap.beginLife(stable, log, new SplittableRandom(1));
    assertThat(stable.load().getCurrentTerm()).isEqualTo(1);
    assertThat(stable.load().getVotedFor()).isEmpty();
  }

  /** Somebody lost the hard state: that must be found out, and not be mended. */
  @Test
  void aLogThatNoBootstrapWroteGivesNoTerm() throws IOException {
    log.write(1, List.of(command(1, 1)));
    Bootstrap.beginLife(stable, log, new SplittableRandom(1));
    assertThat(stable.load().getCurrentTerm()).isZero();
    log.write(1, List.of(configuration(1, 1, GROUP), command(2, 2)));
    Bootstrap.beginLife(stable, log, new SplittableRandom(1));
    assertThat(stable.load().getCurrentTerm()).isZero();
    log.write(1, List.of(configuration(1, 3, GROUP)));
    Bootstrap.beginLife(stable, log, new SplittableRandom(1));
    assertThat(stable.load().getCurrentTerm()).isZero();
  }

  @Test
  void noLifeBeginsOnADiskThatWasRefused() throws IOException {
    HardState refused = CoreFixture.hardState(7, "s3").toBuilder().setRefused("why").build();
    stable.save(refused);
    assertThatThrownBy(() -> Bootstrap.beginLife(stable, log, new SplittableRandom(1)))
        .isInstanceOf(IOException.class)
        .hasMessage("why");
    assertThat(stable.load()).isEqualTo(refused);
  }

  /** Nobody is left whom it could break a promise to. */
  @Test
  void aRefusedDiskIsGoodForARecovery() throws IOException {
    stable.save(CoreFixture.hardState(7, "s3").toBuilder().setRefused("why").build());
    Bootstrap.recover(stable, log, ONE);
    Bootstrap.beginLife(stable, log, new SplittableRandom(1));
    assertThat(stable.load().getRefused()).isEmpty();
  }

  /** Its log had not come to where it joined: what it has now is all that there is. */
  @Test
  void whoWasStillCatchingUpMayLeadWhatItRecovers() throws IOException {
    log.write(1, List.of(configuration(1, 1, GROUP), command(2, 4)));
    stable.save(CoreFixture.hardState(5, "s3").toBuilder().setStorage(9).setJoined(60).build());
    Bootstrap.recover(stable, log, ONE);
    HardState life = Bootstrap.beginLife(stable, log, new SplittableRandom(1));
    ConfigurationHistory history = new ConfigurationHistory(life);
    log.read(1, Long.MAX_VALUE).forEach(history::load);
    assertThat(history.mayCampaign("s1")).isTrue();
  }

  @Test
  void recoveryPutsAConfigurationBehindEverythingInATermFarAhead() throws IOException {
    log.write(1, List.of(configuration(1, 1, voters(3)), command(2, 4)));
    stable.save(
        HardState.newBuilder()
            .setCurrentTerm(5)
            .setVotedFor("s2")
            .setStorage(9)
            .setLife(3)
            .setJoined(60)
            .build());
    Configuration.Builder copied = ONE.toBuilder();
    copied.getServersBuilder(0).setJoined(60);
    Bootstrap.recover(stable, log, copied.build());
    assertThat(log.lastIndex()).isEqualTo(3);
    assertThat(last()).isEqualTo(configuration(3, 1_000_005, ONE));
    assertThat(stable.load())
        .isEqualTo(
            HardState.newBuilder().setCurrentTerm(1_000_005).setStorage(9).setLife(3).build());
  }

  @Test
  void recoveryOfABootstrappedServerThatNeverRan() throws IOException {
    Bootstrap.bootstrap(stable, log, GROUP);
    Bootstrap.recover(stable, log, ONE);
    assertThat(last()).isEqualTo(configuration(2, 1_000_001, ONE));
    assertThat(stable.load().getCurrentTerm()).isEqualTo(1_000_001);
  }

  @Test
  void thereMustBeSomethingToRecover() {
    assertThatThrownBy(() -> Bootstrap.recover(stable, log, ONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("there is nothing to recover");
    hardState(3, "");
    assertThatThrownBy(() -> Bootstrap.recover(stable, log, configuration(nonvoter("s1"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(stable.load().getCurrentTerm()).isEqualTo(3);
  }
}
