package io.raftlessons.replication.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.raftlessons.core.LogView;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.election.Election;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.replication.LogEffect;
import io.raftlessons.replication.ReferenceReads;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.replication.Replication;
import io.raftlessons.sim.BrokenParts;
import io.raftlessons.sim.SimBatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Servers that break a rule of Figure 3 are found out within a few seeds. */
class LogChecksTest {
  /** §5.4.1: votes without a look at the logs. */
  private static final Election.Factory BLIND =
      (config, log, electorate, gate, random) ->
          new ReferenceElection(config, LogView.EMPTY, electorate, gate, random);

  private static SimBatch batch(Election.Factory election, Replication.Factory replication) {
    return new SimBatch(
        new ReplicationScenario(election, replication, ReferenceReads::new), "seed %d", line -> {});
  }

  private static String failure(Election.Factory election, Replication.Factory replication) {
    SimBatch batch = batch(election, replication);
    AssertionError broken =
        catchThrowableOfType(AssertionError.class, () -> batch.run(1, 300, 0, () -> 0));
    assertThat(broken).isNotNull();
    assertThat(broken).hasMessageContaining("again: the same");
    return String.valueOf(broken.getMessage());
  }

  @Test
  void aCommitWithoutAQuorumIsSeen() {
    String message =
        failure(
            ReferenceElection::new,
            (config, bounds, log, electorate, gate, clock) ->
                new ReferenceReplication(
                    config, bounds, log, new BrokenParts.Quorum(electorate, 1), gate, clock));
    assertThat(message).containsAnyOf("LeaderCompleteness", "StateMachineSafety", "is committed");
  }

  /**
   * §5.4.1: whoever votes without a look at the logs elects leaders that lack committed entries.
   */
  @Test
  void aVoteForAnOlderLogIsSeen() {
    String message = failure(BLIND, ReferenceReplication::new);
    assertThat(message).containsAnyOf("LeaderCompleteness", "StateMachineSafety", "is committed");
  }

  /** §5.4.2: it says so before a majority has an entry of its own term. */
  private static final Replication.Factory EARLIER_TERMS_COUNT =
      (config, bounds, log, electorate, gate, clock) -> {
        Replication real = new ReferenceReplication(config, bounds, log, electorate, gate, clock);
        return BrokenParts.answering(
            Replication.class,
            real,
            "endOfStep",
            arguments -> {
              Step step = (Step) arguments[0];
              real.endOfStep(step);
              long next = real.commitIndex() + 1;
              if (step.role() == Role.LEADER
                  && next <= log.lastIndex()
                  && log.termAt(next) < step.currentTerm()) {
                step.emit(new LogEffect.Committed(next));
              }
              return null;
            });
      };

  @Test
  void aCommitOfAnEntryOfAnEarlierTermIsSeen() {
    assertThat(failure(ReferenceElection::new, EARLIER_TERMS_COUNT)).contains("OwnTermCommits: ");
  }

  /** Seed 58 takes a few thousand events to fail, and took more than twice as many when shrunk. */
  @Test
  void aLongRunIsNotShrunkToALongerOne() {
    SimBatch batch = batch(BLIND, ReferenceReplication::new);
    AssertionError broken =
        catchThrowableOfType(AssertionError.class, () -> batch.run(58, 1, 0, System::nanoTime));
    Matcher sizes =
        Pattern.compile("(?s).*event (\\d+)\\R.*to event (\\d+):.*")
            .matcher(String.valueOf(broken.getMessage()));
    assertThat(sizes).matches();
    assertThat(Integer.parseInt(sizes.group(2)))
        .isLessThanOrEqualTo(Math.max(500, Integer.parseInt(sizes.group(1))));
  }
}
