package io.raftlessons.replication.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import io.raftlessons.replication.history.Verdict.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Histories on which a search that tries every order would not end. */
class HardHistoriesTest {
  private static final int UNKNOWN = 60;
  private static final long STEPS = 1_000_000;

  private final List<Operation> history = new ArrayList<>();
  private long now;

  private void unknown(Kind kind, int value) {
    now++;
    history.add(
        new Operation("u" + now, kind, "x", "", "" + value, "", now, now + 1, Status.UNKNOWN));
  }

  private void answered(Kind kind, String value, String output) {
    now += 2;
    history.add(new Operation("c", kind, "x", "", value, output, now, now + 1, Status.OK));
  }

  private Outcome verdict() {
    return Linearizability.check(history, new KeyValueModel(), Budget.ofSteps(STEPS)).outcome();
  }

  private void manyUnknown(Kind kind) {
    IntStream.range(0, UNKNOWN).forEach(value -> unknown(kind, value));
  }

  @Test
  void manyUnknownPutsOfWhichSomeAreSeen() {
    manyUnknown(Kind.PUT);
    for (int value = UNKNOWN - 1; value >= 0; value -= 3) {
      answered(Kind.GET, "", "" + value);
      answered(Kind.PUT, "1000", "");
      answered(Kind.GET, "", "1000");
    }
    assertThat(verdict()).isEqualTo(Outcome.OK);
    answered(Kind.GET, "", "" + (UNKNOWN - 1)); // was seen and overwritten before
    assertThat(verdict()).isEqualTo(Outcome.VIOLATION);
  }

  @Test
  void manyUnknownAppendsThatAreSeenAtTheEnd() {
    manyUnknown(Kind.APPEND);
    List<Integer> elements = new ArrayList<>();
    for (int i = 0; i < UNKNOWN; i++) {
      elements.add((i * 7) % UNKNOWN);
    }
    String end = elements.toString().replace(" ", "");
    answered(Kind.GET, "", end);
    assertThat(verdict()).isEqualTo(Outcome.OK);
    answered(Kind.GET, "", end.replace(",59,", ",0,"));
    assertThat(verdict()).isEqualTo(Outcome.VIOLATION);
  }

  @Test
  void manyEqualUnknownAdds() {
    IntStream.range(0, UNKNOWN).forEach(i -> unknown(Kind.ADD, 1));
    for (int sum = 2; sum <= UNKNOWN; sum += 2) {
      answered(Kind.GET, "", "" + sum);
    }
    assertThat(verdict()).isEqualTo(Outcome.OK);
    answered(Kind.GET, "", "" + (UNKNOWN + 1));
    assertThat(verdict()).isEqualTo(Outcome.VIOLATION);
  }

  /** Reads are placed where they fit, so only the few writes are tried in every order. */
  @Test
  void manyReadsAtOnceWithSomeWrites() {
    for (int value = 0; value < 8; value++) {
      for (int reader = 0; reader < 6; reader++) {
        overlapping(Kind.GET, "", "" + value);
      }
      overlapping(Kind.PUT, "" + value, "");
    }
    assertThat(verdict()).isEqualTo(Outcome.OK);
    overlapping(Kind.GET, "", "8");
    assertThat(verdict()).isEqualTo(Outcome.VIOLATION);
  }

  private void overlapping(Kind kind, String value, String output) {
    history.add(new Operation("c" + history.size(), kind, "x", "", value, output, 0, 1, Status.OK));
  }

  @Test
  void aLongHistory() {
    for (int value = 0; value < 5_000; value++) {
      answered(Kind.PUT, "" + value, "");
      answered(Kind.GET, "", "" + value);
    }
    assertThat(verdict()).isEqualTo(Outcome.OK);
  }

  /** Seeds 2000567 and 2029156 of the replication scenario were of this kind. */
  @Test
  void manyUnknownAdditionsOfOneSizeAmongAnsweredOnes() {
    long end = 1_000;
    for (int i = 1; i <= 30; i++) {
      unknown(Kind.ADD, 6);
      // answered late, so that any unknown one might have been in its place
      history.add(
          new Operation("c" + i, Kind.ADD, "x", "", "6", "" + 12 * i, now, end + i, Status.OK));
    }
    now = end;
    answered(Kind.GET, "", "360");
    assertThat(verdict()).isEqualTo(Outcome.OK);
    answered(Kind.GET, "", "354");
    assertThat(verdict()).isEqualTo(Outcome.VIOLATION);
  }
}
