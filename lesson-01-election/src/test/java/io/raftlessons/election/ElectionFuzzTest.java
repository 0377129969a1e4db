package io.raftlessons.election;

import static io.raftlessons.core.CoreFixture.T;

import io.raftlessons.core.EnvelopeFuzzer;
import io.raftlessons.core.EnvelopeFuzzer.Fuzzed;
import io.raftlessons.core.EnvelopeFuzzer.Sort;
import io.raftlessons.core.FuzzedCore;
import io.raftlessons.sim.SimRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lesson 1's core among peers that lie Longer runs: see {@link FuzzedCore#fuzz}. */
class ElectionFuzzTest {
  private static final int MESSAGES_PER_CORE = 100;

  @Test
  void whateverArrivesTheServerKeepsItsPromises() {
    FuzzedCore.Counts counts = FuzzedCore.fuzz(50_000, MESSAGES_PER_CORE, ElectionFuzzTest::fuzz);
    counts.haveGarbageToEveryRole();
    counts.have("changed the state", "contradiction: the server stops");
  }

  private static void fuzz(SimRandom random, FuzzedCore.Counts counts) {
    ElectionFixture f =
        ElectionFixture.group(3).stored(random.nextInt(4), "").seed(random.nextLong()).start();
    switch (random.nextInt(4)) {
      case 0 -> f.pass(T); // a leader does not count as heard recently
      case 1 -> f.wakeUp(); // asks for pre-votes
      case 2 -> f.becomeCandidate();
      default -> f.becomeLeader();
    }
    EnvelopeFuzzer fuzzer = new EnvelopeFuzzer(random, "s1", List.of("s2", "s3", "s2", "x"), 0);
    FuzzedCore core = new FuzzedCore(f.core, counts, f::receive);
    for (int i = 0; i < MESSAGES_PER_CORE && !core.stopped(); i++) {
      Fuzzed message = fuzzer.next(f.core.currentTerm(), 0);
      boolean garbage = message.sort() == Sort.GARBAGE;
      core.receive(message, !garbage && core.secondLeader(message.envelope()));
      if (!core.stopped()) {
        pass(random, f);
      }
    }
  }

  private static void pass(SimRandom random, ElectionFixture f) {
    switch (random.nextInt(20)) {
      case 0 -> f.after(random.nextLong(3 * T));
      case 1 -> f.persist();
      default -> f.pass(random.nextLong(T / 20));
    }
  }
}
