package io.raftlessons.membership;

import static io.raftlessons.membership.HandRunGroup.bytes;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.Role;
import io.raftlessons.membership.MembershipEffect.ChangeFailed;
import io.raftlessons.membership.MembershipEffect.Reached;
import io.raftlessons.membership.MembershipEffect.Reason;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;

/** What a caller of a server sees. */
class MembershipNodeTest {
  private static final Duration PATIENT = Duration.ZERO;

  private static CompletableFuture<ChangeResult> addVoter(HandRunGroup group, String id) {
    return group.leader().addVoter(id, id, 0, PATIENT);
  }

  @Test
  void anEmptyServerJoinsAndVotes() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    group.await(group.leader().apply(bytes("a")));
    MembershipNode s4 = group.start("s4");
    group.run(1_000);
    assertThat(s4.state()).as("it waits").isEqualTo(Role.FOLLOWER);
    assertThat(s4.status().term()).isZero();
    assertThat(group.outcome(addVoter(group, "s4"))).isEqualTo("s1 s2 s3 s4");
    group.run(200);
    assertThat(s4.getConfiguration()).isEqualTo(group.leader().getConfiguration());
    assertThat(s4.indexes()).isEqualTo(group.leader().indexes());
    group.kill(group.followers().get(0));
    assertThat(group.outcome(group.leader().barrier())).as("three of four").startsWith("Applied");
  }

  @Test
  void everyCallOfAChangeReachesTheLeadersConfiguration() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    MembershipNode leader = group.leader();
    long index = leader.getConfiguration().latestIndex();
    assertThat(group.outcome(leader.addNonvoter("s4", "s4", index, PATIENT)))
        .isEqualTo("s1 s2 s3 s4(nonvoter)");
    ChangeResult added = group.await(leader.addNonvoter("s4", "s4", 0, PATIENT)).join();
    assertThat(added.logged()).isFalse();
    assertThat(added.index()).isEqualTo(leader.getConfiguration().latestIndex());
    String follower = group.followers().get(0);
    ChangeResult demoted = group.await(leader.demoteVoter(follower, added.index(), PATIENT)).join();
    assertThat(demoted.logged()).isTrue();
    assertThat(demoted.configuration()).isEqualTo(leader.getConfiguration().latest());
    ChangeResult removed =
        group.await(leader.removeServer(follower, demoted.index(), PATIENT)).join();
    assertThat(Configurations.find(removed.configuration(), follower)).isNull();
    assertThat(leader.getConfiguration())
        .isEqualTo(
            new ConfigurationStatus(
                removed.configuration(),
                removed.index(),
                removed.configuration(),
                removed.index()));
  }

  @Test
  void theFirstLeaderRecordsTheDisks() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    assertThat(group.leader().getConfiguration().committed().getServersList())
        .allSatisfy(
            server ->
                assertThat(server.getStorage())
                    .isNotZero()
                    .isEqualTo(group.stores(server.getId()).stable.load().getStorage()));
  }

  @Test
  void aWipedServerStopsAndSaysWhatToDo() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    String wiped = group.followers().get(0);
    group.kill(wiped);
    group.stores.remove(wiped);
    MembershipNode again = group.start(wiped);
    group.run(500);
    assertThat(again.failure())
        .get()
        .extracting(Throwable::getMessage)
        .asString()
        .contains("refuses the disk of " + wiped + ": it joined the group with another disk")
        .endsWith("Remove this server from the group, empty its directory, and add it again");
    assertThat(group.outcome(group.leader().removeServer(wiped, 0, PATIENT))).doesNotContain(wiped);
    group.kill(wiped);
    group.stores.remove(wiped);
    group.start(wiped);
    assertThat(group.outcome(addVoter(group, wiped))).endsWith(wiped);
    assertThat(group.node(wiped).failure()).isEmpty();
  }

  /** It was copied while the server was down, and put back after one more life. */
  @Test
  void aServerWhoseDiskWasSetBackStops() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    String id = group.followers().get(0);
    group.kill(id);
    HandRunGroup.Stores copy = group.stores(id).copy();
    group.start(id);
    group.await(group.leader().apply(bytes("a")));
    group.run(100);
    group.kill(id);
    group.stores.put(id, copy);
    MembershipNode again = group.start(id);
    group.run(500);
    assertThat(again.failure())
        .get()
        .extracting(Throwable::getMessage)
        .asString()
        .contains("refuses the disk of " + id + ": its disk was set back");
    String why = again.failure().orElseThrow().getMessage();
    for (int starts = 0; starts < 3; starts++) {
      assertThatThrownBy(() -> group.start(id)).isInstanceOf(IOException.class).hasMessage(why);
    }
  }

  @Test
  void aServerComesBackWithItsConfiguration() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    String id = group.followers().get(0);
    ConfigurationStatus before = group.node(id).getConfiguration();
    group.kill(id);
    MembershipNode again = group.start(id);
    assertThat(again.getConfiguration().latest()).isEqualTo(before.latest());
    assertThat(again.getConfiguration().latestIndex()).isEqualTo(before.latestIndex());
    assertThat(again.getConfiguration().committedIndex()).as("not known yet").isZero();
    group.run(200);
    assertThat(again.getConfiguration()).isEqualTo(before);
  }

  @Test
  void aLiveBootstrapOfSeveralServersGivesEqualEntries() throws IOException {
    HandRunGroup group = new HandRunGroup();
    Configuration first = Configurations.ofVoters(CoreFixture.servers(3));
    for (String id : CoreFixture.servers(3)) {
      group.start(id);
    }
    group.run(500);
    for (String id : CoreFixture.servers(3)) {
      assertThat(group.outcome(group.node(id).bootstrapCluster(first))).isEqualTo("null");
    }
    group.run(1_000);
    group.leader();
    assertThat(group.stores("s1").log.read(1, 1)).isEqualTo(group.stores("s2").log.read(1, 1));
    assertThat(group.stores("s1").log.read(1, 1)).isEqualTo(group.stores("s3").log.read(1, 1));
    assertThat(group.outcome(group.node("s1").bootstrapCluster(first)))
        .isEqualTo("MembershipException: this server has a state already");
  }

  @Test
  void oneServerIsBootstrappedAndTheOthersGetTheLogFromIt() throws IOException {
    HandRunGroup group = new HandRunGroup();
    for (String id : CoreFixture.servers(3)) {
      group.start(id);
    }
    assertThat(group.outcome(group.node("s2").bootstrapCluster(Configurations.ofVoters(List.of()))))
        .isEqualTo("MembershipException: at least one voter is needed");
    group.await(group.node("s2").bootstrapCluster(Configurations.ofVoters(CoreFixture.servers(3))));
    group.run(1_000);
    assertThat(group.leader().id()).isEqualTo("s2");
    assertThat(group.node("s3").getConfiguration()).isEqualTo(group.leader().getConfiguration());
  }

  @Test
  void aGroupThatLostItsQuorumIsRecovered() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    group.await(group.leader().apply(bytes("a")));
    group.run(100);
    CoreFixture.servers(3).forEach(group::kill);
    HandRunGroup.Stores stores = group.stores("s3");
    MembershipNode.recoverCluster(
        stores.stable, stores.log, Configurations.ofVoters(List.of("s3")));
    group.start("s3");
    group.run(1_000);
    assertThat(group.leader().id()).isEqualTo("s3");
    assertThat(group.outcome(group.leader().barrier())).startsWith("Applied");
    assertThat(Configurations.text(group.leader().getConfiguration().committed())).isEqualTo("s3");
    group.stores.remove("s1");
    group.start("s1");
    assertThat(group.outcome(addVoter(group, "s1"))).isEqualTo("s3 s1");
  }

  /** What a new disk learns first of its server is that this joined with another one, long ago. */
  @Test
  void aServerOnANewDiskStartsAgainInTheMiddleOfTheOldLog() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    group.run(1_000);
    HandRunGroup.Stores old = group.stores(group.followers().get(0));
    HandRunGroup.Stores fresh = new HandRunGroup.Stores();
    fresh.log.write(1, old.log.read(1, 1 << 20));
    fresh.stable.save(old.stable.load().toBuilder().setStorage(77).setLife(1).build());
    String id = group.followers().get(0);
    assertThat(group.node(id).getConfiguration().latest().getServersList())
        .as("disks are recorded")
        .allMatch(server -> server.getStorage() != 0);
    group.kill(id);
    group.stores.put(id, fresh);
    assertThat(group.start(id).failure()).isEmpty();
  }

  @Test
  void leadershipIsHandedOver() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    MembershipNode before = group.leader();
    String target = group.followers().get(1);
    assertThat(group.outcome(before.leadershipTransferToServer(target))).isEqualTo("null");
    group.run(10);
    assertThat(group.leader().id()).isEqualTo(target);
    assertThat(group.outcome(group.leader().leadershipTransfer())).isEqualTo("null");
    group.run(10);
    assertThat(group.leader().id()).isNotEqualTo(target);
  }

  @Test
  void aTransferToAServerThatIsDownEndsAndTheLeaderLeadsOn() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    String down = group.followers().get(0);
    group.kill(down);
    MembershipNode leader = group.leader();
    CompletableFuture<?> transfer = leader.leadershipTransferToServer(down);
    CompletableFuture<?> refused = leader.apply(bytes("a"));
    CompletableFuture<?> change = leader.removeServer(down, 0, PATIENT);
    assertThat(group.outcome(refused))
        .isEqualTo("TransferInProgress: leadership is being handed over");
    assertThat(group.outcome(change))
        .isEqualTo("TransferInProgress: leadership is being handed over");
    assertThat(group.outcome(transfer))
        .isEqualTo(
            "MembershipException: " + down + " did not take over within an election timeout");
    assertThat(group.outcome(leader.apply(bytes("a")))).startsWith("Applied");
  }

  @Test
  void aLeaderThatStopsGracefullyHandsOverFirst() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    MembershipNode leader = group.leader();
    assertThat(group.outcome(leader.shutdownGracefully())).isEqualTo("null");
    group.kill(leader.id());
    group.run(10);
    assertThat(group.leader().status().term()).isGreaterThan(leader.status().term() - 1);
    assertThat(leader.failure()).isEmpty();
  }

  @Test
  void whoCannotHandOverStopsAllTheSame() throws IOException {
    HandRunGroup group = HandRunGroup.running(2);
    MembershipNode follower = group.node(group.followers().get(0));
    assertThat(group.outcome(follower.shutdownGracefully())).isEqualTo("null");
    assertThat(group.outcome(follower.barrier())).startsWith("Shutdown: ");
    group.kill(follower.id());
    MembershipNode leader = group.leader();
    assertThat(group.outcome(leader.shutdownGracefully())).isEqualTo("null");
    assertThat(group.outcome(leader.barrier())).startsWith("Shutdown: ");
    assertThat(group.outcome(leader.shutdownGracefully())).as("again").isEqualTo("null");
  }

  @Test
  void aLeaderThatRemovesItselfIsToldThatItIsDone() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    MembershipNode leader = group.leader();
    assertThat(group.outcome(leader.removeServer(leader.id(), 0, PATIENT)))
        .doesNotContain(leader.id());
    group.run(10);
    assertThat(group.leader().id()).isNotEqualTo(leader.id());
    group.run(2_000);
    assertThat(leader.state()).isEqualTo(Role.FOLLOWER);
    assertThat(leader.status().term()).isLessThanOrEqualTo(group.leader().status().term());
  }

  @Test
  void whoDoesNotLeadNamesTheLeader() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    MembershipNode follower = group.node(group.followers().get(0));
    String expected = "NotLeader: the leader is " + group.leader().id();
    assertThat(group.outcome(follower.addVoter("s4", "s4", 0, PATIENT))).isEqualTo(expected);
    assertThat(group.outcome(follower.addNonvoter("s4", "s4", 0, PATIENT))).isEqualTo(expected);
    assertThat(group.outcome(follower.demoteVoter("s1", 0, PATIENT))).isEqualTo(expected);
    assertThat(group.outcome(follower.removeServer("s1", 0, PATIENT))).isEqualTo(expected);
    assertThat(group.outcome(follower.leadershipTransfer())).isEqualTo(expected);
    assertThat(group.outcome(follower.leadershipTransferToServer("s1"))).isEqualTo(expected);
    assertThat(group.outcome(follower.members())).isEqualTo(expected);
  }

  @Test
  void anExceptionSaysHowFarTheChangeCame() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    CompletableFuture<ChangeResult> add =
        group.leader().addVoter("s4", "s4", 0, Duration.ofMillis(500));
    assertThat(group.outcome(add))
        .matches("MembershipException: s4 is no voter yet \\(reached: NONVOTER at [0-9]+\\)");
    MembershipException failed =
        (MembershipException) add.handle((result, thrown) -> thrown).join();
    assertThat(failed.reason()).isEqualTo(Reason.TIMEOUT);
    assertThat(failed.reached()).isEqualTo(Reached.NONVOTER);
    assertThat(failed.index()).isEqualTo(group.leader().getConfiguration().latestIndex());
    CompletableFuture<ChangeResult> conflict =
        group.leader().removeServer("s4", 1, Duration.ofMillis(500));
    assertThat(group.outcome(conflict)).contains(" no longer that of index 1");
    MembershipException refused =
        (MembershipException) conflict.handle((result, thrown) -> thrown).join();
    assertThat(refused.reason()).isEqualTo(Reason.CONFLICT);
    assertThat(refused.reached()).isEqualTo(Reached.NOTHING);
    assertThat(refused.index()).isZero();
    assertThat(refused.leader()).isEqualTo(group.leader().id());
  }

  /** Whether the change was made is seen in that one's configuration. */
  @Test
  void whoIsDeposedNamesTheNewLeader() {
    MembershipFixture f = MembershipFixture.group(3).start().leadSettled();
    f.remove("s3");
    List<ChangeFailed> failed = f.deposed().of(ChangeFailed.class);
    assertThat(failed).hasSize(1);
    MembershipException lost = (MembershipException) MembershipException.of(failed.get(0));
    assertThat(lost.reason()).isEqualTo(Reason.LEADERSHIP_LOST);
    assertThat(lost.reached()).isEqualTo(Reached.LOGGED);
    assertThat(lost.leader()).isEqualTo("s2");
    assertThat(MembershipException.invalid("no").leader()).isEmpty();
  }

  /** A duration that no clock can tell is as good as none. */
  @Test
  void aTimeoutMayBeAsLongAsADurationCan() throws IOException {
    HandRunGroup group = HandRunGroup.running(1);
    MembershipNode leader = group.leader();
    assertThat(group.outcome(leader.addNonvoter("s2", "s2", 0, Duration.ofSeconds(Long.MAX_VALUE))))
        .isEqualTo("s1 s2(nonvoter)");
    assertThat(group.outcome(leader.addNonvoter("s3", "s3", 0, Duration.ofNanos(Long.MAX_VALUE))))
        .isEqualTo("s1 s2(nonvoter) s3(nonvoter)");
    CompletableFuture<ChangeResult> late =
        leader.removeServer("s3", 0, Duration.ofSeconds(Long.MIN_VALUE));
    assertThat(group.outcome(late)).startsWith("MembershipException: ");
    assertThat(leader.failure()).isEmpty();
  }

  @Test
  void whoWaitsWhenTheServerStopsIsTold() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    MembershipNode leader = group.leader();
    group.followers().forEach(group.cutOff::add);
    CompletableFuture<ChangeResult> change = leader.addVoter("s4", "s4", 0, PATIENT);
    CompletableFuture<?> transfer = leader.leadershipTransfer();
    group.run(1);
    assertThat(change).isNotDone();
    leader.shutdown();
    assertThat(group.outcome(change)).isEqualTo("Shutdown: the server was shut down");
    assertThat(group.outcome(transfer)).isEqualTo("Shutdown: the server was shut down");
    assertThat(group.outcome(leader.members())).isEqualTo("Shutdown: the server was shut down");
  }

  @Test
  void aLeaderKnowsItsMembers() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    MembershipNode leader = group.leader();
    String down = group.followers().get(0);
    String up = group.followers().get(1);
    group.run(100);
    group.kill(down);
    group.run(100);
    group.await(leader.apply(bytes("a")));
    group.run(20);
    List<MemberStatus> members = group.await(leader.members()).join();
    assertThat(members).extracting(m -> m.server().getId()).containsExactly("s1", "s2", "s3");
    long last = leader.indexes().lastLogIndex();
    for (MemberStatus member : members) {
      String id = member.server().getId();
      assertThat(member.lag()).as(id).isEqualTo(id.equals(down) ? 1 : 0);
      assertThat(member.matchIndex()).as(id).isEqualTo(last - member.lag());
      if (id.equals(leader.id())) {
        assertThat(member.lastContactNanos()).isZero();
      } else if (id.equals(up)) {
        assertThat(member.lastContactNanos()).isLessThan(60 * CoreFixture.MS);
      } else {
        assertThat(member.lastContactNanos()).isGreaterThan(100 * CoreFixture.MS);
      }
    }
  }

  @Test
  void observersAreToldWhatChanges() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    MembershipNode leader = group.leader();
    MembershipNode follower = group.node(group.followers().get(0));
    List<Observation> seen = new ArrayList<>();
    final Runnable end = follower.registerObserver(seen::add);
    group.await(leader.addNonvoter("s4", "s4", 0, PATIENT));
    group.await(leader.addNonvoter("s4", "elsewhere:1", 0, PATIENT));
    group.await(leader.removeServer("s4", 0, PATIENT));
    group.run(100);
    long joined = leader.getConfiguration().latestIndex() - 2;
    Server came = Configurations.nonvoter("s4", "s4").toBuilder().setJoined(joined).build();
    Server moved = came.toBuilder().setAddress("elsewhere:1").build();
    assertThat(seen)
        .containsExactly(
            new Observation.PeerObservation(came, false),
            new Observation.PeerObservation(moved, false),
            new Observation.PeerObservation(moved, true));
    seen.clear();
    group.await(leader.leadershipTransferToServer(follower.id()));
    group.run(10);
    long term = follower.status().term();
    assertThat(seen)
        .containsExactly(
            new Observation.RaftState(Role.CANDIDATE, term),
            new Observation.LeaderObservation(""),
            new Observation.RaftState(Role.LEADER, term),
            new Observation.LeaderObservation(follower.id()));
    end.run();
    seen.clear();
    group.await(follower.leadershipTransfer());
    assertThat(seen).isEmpty();
  }

  @Test
  void observersOfTheLeaderAreToldWhoIsSilent() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    MembershipNode leader = group.leader();
    String follower = group.followers().get(0);
    Observer observer = new Observer(8, seen -> !(seen instanceof Observation.PeerObservation));
    leader.registerObserver(observer);
    group.cutOff.add(follower);
    group.run(1_000);
    group.cutOff.remove(follower);
    group.run(100);
    assertThat(observer.observed()).isEqualTo(2);
    Observation first = taken(observer);
    assertThat(first).isInstanceOf(Observation.FailedHeartbeatObservation.class);
    Observation.FailedHeartbeatObservation failed = (Observation.FailedHeartbeatObservation) first;
    assertThat(failed.peer()).isEqualTo(follower);
    assertThat(failed.lastContact()).isBetween(Duration.ofMillis(150), Duration.ofMillis(300));
    assertThat(taken(observer)).isEqualTo(new Observation.ResumedHeartbeatObservation(follower));
  }

  /** Alone it was the group once. It has been told that this is over, and that is on its disk. */
  @Test
  void whoComesBackWithAnEmptyDiskDoesNotLeadTheGroupOfThePast() throws IOException {
    HandRunGroup group = HandRunGroup.running(1);
    HandRunGroup.Stores former = group.stores("s1").copy();
    for (String id : List.of("s2", "s3")) {
      group.start(id);
      group.await(group.leader().addVoter(id, id, 0, PATIENT));
    }
    group.await(group.leader().leadershipTransferToServer("s2"));
    group.run(100);
    group.await(group.leader().removeServer("s1", 0, PATIENT));
    group.kill("s1");
    group.stores.put("s1", new HandRunGroup.Stores());
    group.start("s1");
    group.await(group.leader().addNonvoter("s1", "s1", 0, PATIENT));
    group.run(100);
    group.kill("s1");
    HandRunGroup.Stores now = group.stores("s1");
    assertThat(now.stable.load().getJoined()).isPositive();
    now.log.write(1, former.log.read(1, 1)); // it has come to the first configuration
    group.cutOff.add("s1");
    MembershipNode alone = group.start("s1");
    group.run(2_000);
    assertThat(alone.getConfiguration().latest().getServersList()).hasSize(1);
    assertThat(alone.state()).isEqualTo(Role.FOLLOWER);
  }

  /** It was not there before, so it was not silent. */
  @Test
  void aNewMemberIsNotSilentAtOnce() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    MembershipNode leader = group.leader();
    group.run(1_000);
    Observer observer =
        new Observer(8, seen -> seen instanceof Observation.FailedHeartbeatObservation);
    leader.registerObserver(observer);
    group.await(leader.addNonvoter("s4", "s4", 0, PATIENT));
    group.run(100);
    assertThat(observer.observed()).isZero();
    group.run(100); // nobody is there
    Observation failed = taken(observer);
    assertThat(((Observation.FailedHeartbeatObservation) failed).peer()).isEqualTo("s4");
  }

  private static Observation taken(Observer observer) {
    return requireNonNull(observer.poll(), "an observation");
  }

  @Test
  void whoLeadsIsNotified() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    MembershipNode leader = group.leader();
    LeaderNotification news = leader.leaderNotification();
    assertThat(news.poll()).contains(true);
    assertThat(news.poll()).isEmpty();
    group.await(leader.leadershipTransfer());
    group.run(10);
    assertThat(news.poll()).contains(false);
    MembershipNode next = group.leader();
    group.await(next.leadershipTransferToServer(leader.id()));
    group.run(10);
    assertThat(group.leader()).isSameAs(leader);
    group.await(leader.leadershipTransfer());
    group.run(10);
    assertThat(news.poll()).as("the newest only").contains(false);
    assertThat(news.poll()).isEmpty();
  }

  @Test
  void statsHaveTheConfiguration() throws IOException {
    HandRunGroup group = HandRunGroup.running(3);
    MembershipNode leader = group.leader();
    group.await(leader.addNonvoter("s4", "s4", 0, PATIENT));
    long index = leader.getConfiguration().latestIndex();
    assertThat(leader.stats())
        .containsEntry("num_peers", "2")
        .containsEntry("latest_configuration_index", Long.toString(index))
        .containsEntry("latest_configuration", "s1 s2 s3 s4(nonvoter)")
        .containsKeys("state", "term", "last_log_index", "commit_index", "applied_index");
    String follower = group.followers().get(0);
    group.await(leader.demoteVoter(follower, 0, PATIENT));
    group.run(100);
    assertThat(leader.stats()).containsEntry("num_peers", "1");
    assertThat(group.node(follower).stats())
        .as("of who has no vote")
        .containsEntry("num_peers", "0");
  }

  /** On the raft loop any of these would stop the server. */
  @Test
  @SuppressWarnings("NullAway") // what the compiler forbids is what is tried
  void aCallerThatPassesNothingIsTheOneWhoIsTold() throws IOException {
    HandRunGroup group = HandRunGroup.running(1);
    MembershipNode leader = group.leader();
    List<ThrowableAssert.ThrowingCallable> calls =
        List.of(
            () -> leader.addVoter(null, "s2", 0, PATIENT),
            () -> leader.addVoter("s2", null, 0, PATIENT),
            () -> leader.addNonvoter("s2", null, 0, PATIENT),
            () -> leader.demoteVoter(null, 0, PATIENT),
            () -> leader.removeServer(null, 0, PATIENT),
            () -> leader.removeServer("s1", 0, null),
            () -> leader.leadershipTransferToServer(null),
            () -> leader.bootstrapCluster(null));
    calls.forEach(call -> assertThatThrownBy(call).isInstanceOf(NullPointerException.class));
    assertThatThrownBy(() -> leader.leadershipTransferToServer(""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(group.outcome(leader.barrier())).startsWith("Applied");
  }
}
