package io.raftlessons.membership.sim;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.election.Election;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.membership.Membership;
import io.raftlessons.membership.ReadLevels;
import io.raftlessons.membership.ReferenceMembership;
import io.raftlessons.membership.ReferenceReadLevels;
import io.raftlessons.membership.Transfer;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.replication.Replication;
import io.raftlessons.sim.BrokenParts;
import io.raftlessons.sim.Plan;
import io.raftlessons.sim.SimBatch;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.Server.Suffrage;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Servers that break a rule of lesson 3 are found out within a few seeds. */
class MembershipChecksTest {
  private static final int SEEDS = 300;

  /**
   * @param from so near to a seed that breaks it that the test is fast
   */
  private static String failure(
      long from,
      Election.Factory election,
      Replication.Factory replication,
      Membership.Factory membership) {
    return failure(
        from, new MembershipScenario(election, replication, ReferenceReadLevels::new, membership));
  }

  private static String failure(long from, ReadLevels.Factory reads) {
    return failure(
        from,
        new MembershipScenario(
            ReferenceElection::new, ReferenceReplication::new, reads, ReferenceMembership::new));
  }

  private static String failure(long from, MembershipScenario scenario) {
    SimBatch batch = new SimBatch(scenario, "seed %d", line -> {});
    AssertionError broken =
        catchThrowableOfType(AssertionError.class, () -> batch.run(from, SEEDS, 0, new Hurry()));
    assertThat(broken).isNotNull();
    assertThat(broken).hasMessageContaining("again: the same");
    return String.valueOf(broken.getMessage()).lines().limit(2).toList().get(1);
  }

  /** Time to shrink is over at once. */
  private static final class Hurry implements LongSupplier {
    private long now;

    @Override
    public long getAsLong() {
      return now += 1_000_000_000_000L;
    }
  }

  private static String failure(long from, Membership.Factory membership) {
    return failure(from, ReferenceElection::new, ReferenceReplication::new, membership);
  }

  /** A membership that is told lies by its replication. */
  private static Membership.Factory on(UnaryOperator<Replication> lies) {
    return (config, stored, log, history, transfer, election, replication) ->
        new ReferenceMembership(
            config, stored, log, history, transfer, election, lies.apply(replication));
  }

  private static Membership.Factory broken(UnaryOperator<Membership> change) {
    return (config, stored, log, history, transfer, election, replication) ->
        change.apply(
            new ReferenceMembership(config, stored, log, history, transfer, election, replication));
  }

  private static Replication.Factory countedBy(
      Function<Electorate, Function<String, Electorate>> electorates) {
    return (config, bounds, log, electorate, gate, clock) ->
        new ReferenceReplication(
            config,
            bounds,
            log,
            electorates.apply(electorate).apply(config.localId()),
            gate,
            clock);
  }

  /** Others than the real ones count. */
  private record Counting(Electorate real, Predicate<String> counts) implements Electorate {
    @Override
    public SortedSet<String> members() {
      return real.members();
    }

    @Override
    public boolean votes(String id) {
      return counts.test(id);
    }

    @Override
    public boolean isQuorum(Predicate<String> has) {
      long all = real.members().stream().filter(counts).count();
      return real.members().stream().filter(counts).filter(has).count() > all / 2;
    }
  }

  /** M01: an earlier leader's change may be on its way to a majority. */
  @Test
  void aChangeBeforeTheFirstCommitOfTheTermIsSeen() {
    String message =
        failure(
            50,
            on(
                real ->
                    BrokenParts.answering(
                        Replication.class,
                        real,
                        "committedInOwnTerm",
                        arguments -> ((Step) arguments[0]).role() == Role.LEADER)));
    assertThat(message).containsAnyOf("OwnTermFirst", "OneChangeAtATime");
  }

  /** M02, B3: the leader takes every change for committed at once. */
  @Test
  void twoChangesAtOnceAreSeen() {
    String message =
        failure(
            1,
            (config, stored, log, history, transfer, election, replication) -> {
              Membership real =
                  new ReferenceMembership(
                      config, stored, log, history, transfer, election, replication);
              return BrokenParts.answering(
                  Membership.class,
                  real,
                  "endOfStep",
                  arguments -> {
                    Step step = (Step) arguments[0];
                    real.endOfStep(step);
                    if (step.role() == Role.LEADER) {
                      real.committed(step, log.lastIndex());
                    }
                    return null;
                  });
            });
    assertThat(message).containsAnyOf("LatestCounts", "OneChangeAtATime", "TrueAnswers");
  }

  /** A change takes another voter's vote as well. */
  @Test
  void aChangeOfTwoServersIsSeen() {
    String message =
        failure(
            1,
            on(
                real ->
                    BrokenParts.answering(
                        Replication.class,
                        real,
                        "propose",
                        arguments ->
                            real.propose(
                                (Step) arguments[0],
                                (Entry.Type) requireNonNull(arguments[1]),
                                withoutTwo((ByteString) arguments[2])))));
    assertThat(message).startsWith("QuorumsOverlap");
  }

  /** Of three and more voters the first two lose their votes. */
  private static ByteString withoutTwo(ByteString configuration) {
    try {
      Configuration.Builder next = Configuration.parseFrom(configuration).toBuilder();
      SortedSet<String> voters = MembershipChecks.voters(next.build());
      if (voters.size() >= 3) {
        List<String> two = voters.stream().limit(2).toList();
        for (Server.Builder server : next.getServersBuilderList()) {
          if (two.contains(server.getId())) {
            server.setSuffrage(Suffrage.NONVOTER);
          }
        }
      }
      return next.build().toByteString();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /** B7, M03: a configuration that was truncated goes on to count. */
  @Test
  void aTruncatedConfigurationThatCountsIsSeen() {
    String message =
        failure(
            1,
            broken(
                real ->
                    BrokenParts.answering(Membership.class, real, "truncated", arguments -> null)));
    assertThat(message).containsAnyOf("LatestCounts", "cannot follow the one at");
  }

  @Test
  void acknowledgementsOfNonvotersThatCountAreSeen() {
    String message =
        failure(
            1,
            ReferenceElection::new,
            countedBy(real -> self -> new Counting(real, id -> true)),
            ReferenceMembership::new);
    assertThat(message).startsWith("OnlyVotersCommit");
  }

  @Test
  void votesOfNonvotersThatCountAreSeen() {
    Election.Factory election =
        (config, log, electorate, gate, random) ->
            new ReferenceElection(config, log, new Counting(electorate, id -> true), gate, random);
    String message = failure(1, election, ReferenceReplication::new, ReferenceMembership::new);
    assertThat(message).startsWith("OnlyVotersElect");
  }

  /** M04. */
  @Test
  void aLeaderThatCountsItselfWithoutAVoteIsSeen() {
    String message =
        failure(
            18,
            ReferenceElection::new,
            countedBy(real -> self -> new Counting(real, id -> id.equals(self) || real.votes(id))),
            ReferenceMembership::new);
    assertThat(message).startsWith("OnlyVotersCommit");
  }

  private static final Election.Factory EVERYBODY_CAMPAIGNS =
      (config, log, electorate, gate, random) ->
          new ReferenceElection(
              config,
              log,
              BrokenParts.answering(Electorate.class, electorate, "mayCampaign", arguments -> true),
              gate,
              random);

  @Test
  void aNonvoterThatCampaignsIsSeen() {
    String message =
        failure(1, EVERYBODY_CAMPAIGNS, ReferenceReplication::new, ReferenceMembership::new);
    assertThat(message).startsWith("OnlyVotersCampaign");
  }

  /**
   * The operator's calls are operations, and the disks it loses are faults, that can be left out.
   */
  @Test
  void aFailureIsShrunkAndRepeated() {
    SimBatch batch =
        new SimBatch(
            new MembershipScenario(
                EVERYBODY_CAMPAIGNS,
                ReferenceReplication::new,
                ReferenceReadLevels::new,
                ReferenceMembership::new),
            "-Dsim.seed=%d",
            line -> {});
    AtomicLong clock = new AtomicLong();
    List<String> report =
        report(() -> batch.run(1, SEEDS, 0, () -> clock.addAndGet(5_000_000_000L / 150)));
    Matcher line =
        report.stream()
            .map(Pattern.compile("repeat: -Dsim.seed=(\\d+) -Dsim.plan=(.*operations:.*)")::matcher)
            .filter(Matcher::matches)
            .findFirst()
            .orElseThrow();
    List<String> again =
        report(() -> batch.replay(Long.parseLong(line.group(1)), Plan.parse(line.group(2))));
    assertThat(again.get(1)).startsWith("OnlyVotersCampaign");
    assertThat(report).contains(again.get(1));
  }

  private static List<String> report(ThrowingCallable run) {
    AssertionError failure = catchThrowableOfType(AssertionError.class, run);
    return String.valueOf(failure.getMessage()).lines().toList();
  }

  private static String failureOnAnyDisk(long from, Predicate<Envelope> admitted) {
    return failure(
        from,
        broken(
            real ->
                BrokenParts.answering(
                    Membership.class,
                    real,
                    "admits",
                    arguments ->
                        admitted.test((Envelope) arguments[1])
                            || real.admits((Step) arguments[0], (Envelope) arguments[1]))));
  }

  /** What is told of the disks is not looked at. */
  @Test
  void aDiskThatIsNotRefusedIsSeen() {
    assertThat(failureOnAnyDisk(20, message -> true)).startsWith("DiskRefused");
  }

  /** Only who is in its first life may be on any disk: none that was set back is. */
  @Test
  void theWordOfAnEmptiedDiskIsSeen() {
    assertThat(failureOnAnyDisk(1, message -> message.getLife() < 2L << 20))
        .startsWith("OnlyVoters");
  }

  /** Who catches up on a new disk comes to configurations in which its former self voted. */
  @Test
  void aCampaignForTheDiskBeforeIsSeen() {
    Election.Factory election =
        (config, log, electorate, gate, random) ->
            new ReferenceElection(
                config,
                log,
                BrokenParts.answering(
                    Electorate.class,
                    electorate,
                    "mayCampaign",
                    arguments ->
                        electorate.votes((String) arguments[0])
                            || electorate.mayCampaign((String) arguments[0])),
                gate,
                random);
    String message = failure(5, election, ReferenceReplication::new, ReferenceMembership::new);
    assertThat(message).startsWith("OnlyVotersCampaign");
  }

  /** B15: who has no vote keeps still, and nothing follows from that. */
  @Test
  void aLeaseOfServersWithoutAVoteIsSeen() {
    String message =
        failure(
            5,
            (config, options, stored, replication, electorate, transfer) ->
                new ReferenceReadLevels(
                    config,
                    options,
                    stored,
                    replication,
                    new Counting(electorate, id -> true),
                    transfer));
    assertThat(message).startsWith("LeaseHolds");
  }

  /** B17-transfer: somebody may campaign although a majority keeps still. */
  @Test
  void aLeaseAfterATimeoutNowIsSeen() {
    String message =
        failure(
            10,
            (config, options, stored, replication, electorate, transfer) ->
                new ReferenceReadLevels(
                    config, options, stored, replication, electorate, new Transfer()));
    assertThat(message).contains("LeaseHolds").contains("it has told somebody to campaign");
  }
}
