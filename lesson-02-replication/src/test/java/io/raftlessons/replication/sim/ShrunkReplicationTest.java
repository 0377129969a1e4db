package io.raftlessons.replication.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.raftlessons.election.ReferenceElection;
import io.raftlessons.replication.ReferenceReads;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.replication.Replication;
import io.raftlessons.sim.BrokenParts;
import io.raftlessons.sim.Plan;
import io.raftlessons.sim.SimBatch;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A run of a broken replication, shrunk: here there are clients too. */
class ShrunkReplicationTest {
  /** A follower that acknowledges entries before they are on disk. */
  private static final Replication.Factory HASTY =
      (config, bounds, log, electorate, gate, clock) ->
          BrokenParts.changed(
              Replication.class,
              new ReferenceReplication(config, bounds, log, electorate, gate, clock),
              step -> BrokenParts.sendingNow(step, BodyCase.APPEND_ENTRIES_REPLY));

  private static final Pattern REST =
      Pattern.compile(
          "shrunk in \\d+ runs(?: \\(no time for more\\))? to event (\\d+): (\\d+) of (\\d+) faults,"
              + " (\\d+) of (\\d+) client operations, (\\d+) of (\\d+) messages, .*");

  private final SimBatch batch =
      new SimBatch(
          new ReplicationScenario(ReferenceElection::new, HASTY, ReferenceReads::new),
          "-Dsim.seed=%d",
          line -> {});

  /** Time is up after 600 looks at it, however fast the machine is. */
  private final AtomicLong clock = new AtomicLong();

  private static List<String> report(AssertionError failure) {
    return String.valueOf(failure.getMessage()).lines().toList();
  }

  @Test
  void anAcknowledgementTooEarlyIsShrunkToAFewEvents() {
    List<String> report =
        report(
            catchThrowableOfType(
                AssertionError.class,
                () -> batch.run(6, 1, 0, () -> clock.addAndGet(5_000_000_000L / 600))));
    assertThat(report.get(1)).startsWith("DurableBeforePromised");
    Matcher rest = REST.matcher(report.get(3));
    assertThat(rest.matches()).as(report.get(3)).isTrue();
    Matcher whole = Pattern.compile("replication, seed 6, event (\\d+)").matcher(report.get(0));
    assertThat(whole.matches()).as(report.get(0)).isTrue();
    assertThat(5 * number(rest, 1)).isLessThanOrEqualTo(number(whole, 1));
    assertThat(3 * number(rest, 2)).isLessThanOrEqualTo(number(rest, 3));
    assertThat(10 * number(rest, 4)).isLessThanOrEqualTo(number(rest, 5));
    assertThat(10 * number(rest, 6)).isLessThanOrEqualTo(number(rest, 7));
    String repeat =
        report.stream().filter(line -> line.startsWith("repeat: ")).findFirst().orElseThrow();
    Matcher line = Pattern.compile(".*seed=(\\d+) -Dsim.plan=(.*)").matcher(repeat);
    assertThat(line.matches()).as(repeat).isTrue();
    List<String> again =
        report(
            catchThrowableOfType(
                AssertionError.class,
                () -> batch.replay(Long.parseLong(line.group(1)), Plan.parse(line.group(2)))));
    assertThat(again.get(1)).startsWith("DurableBeforePromised").isEqualTo(report.get(4));
    assertThat(again.get(0)).endsWith("event " + rest.group(1));
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }
}
