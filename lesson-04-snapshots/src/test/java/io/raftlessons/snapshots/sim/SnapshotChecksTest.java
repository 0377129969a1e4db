package io.raftlessons.snapshots.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.raftlessons.core.Step;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.membership.Membership;
import io.raftlessons.membership.ReferenceMembership;
import io.raftlessons.membership.ReferenceReadLevels;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.replication.Replication;
import io.raftlessons.sim.BrokenParts;
import io.raftlessons.sim.SimBatch;
import io.raftlessons.snapshots.ReferenceSnapshots;
import io.raftlessons.snapshots.Snapshots;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Servers that break a rule of lesson 4 are found out within a few seeds. */
class SnapshotChecksTest {
  private static final int SEEDS = 100;

  private static String failure(Replication.Factory replication, Snapshots.Factory snapshots) {
    SnapshotScenario.Parts parts =
        new SnapshotScenario.Parts(
            ReferenceElection::new,
            replication,
            ReferenceReadLevels::new,
            ReferenceMembership::new,
            snapshots);
    SimBatch batch = new SimBatch(new SnapshotScenario(parts), "seed %d", line -> {});
    AssertionError broken =
        catchThrowableOfType(AssertionError.class, () -> batch.run(1, SEEDS, 0, new Hurry()));
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

  /** Snapshots that are told lies by replication, or not obeyed. */
  private static Snapshots.Factory on(UnaryOperator<Replication> lies) {
    return (config, bounds, latest, electorate, replication, membership) ->
        new ReferenceSnapshots(
            config, bounds, latest, electorate, lies.apply(replication), membership);
  }

  @Test
  void aLogThatIsCutBehindTheSnapshotIsSeen() {
    String message =
        failure(
            ReferenceReplication::new,
            on(
                real ->
                    BrokenParts.answering(
                        Replication.class,
                        real,
                        "compact",
                        arguments -> {
                          real.compact((Step) arguments[0], real.commitIndex());
                          return null;
                        })));
    assertThat(message).startsWith("NeverAGap");
  }

  @Test
  void anOlderSnapshotThatIsRestoredIsSeen() {
    String message =
        failure(
            ReferenceReplication::new,
            on(
                real ->
                    BrokenParts.answering(
                        Replication.class, real, "commitIndex", arguments -> 0L)));
    assertThat(message).startsWith("NeverBack");
  }

  @Test
  void aConfigurationThatIsNotTakenIsSeen() {
    String message =
        failure(
            ReferenceReplication::new,
            (config, bounds, latest, electorate, replication, membership) ->
                new ReferenceSnapshots(
                    config,
                    bounds,
                    latest,
                    electorate,
                    replication,
                    BrokenParts.answering(
                        Membership.class, membership, "restored", arguments -> null)));
    assertThat(message).startsWith("LatestCounts");
  }
}
