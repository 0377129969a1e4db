package io.raftlessons.election;

import static io.raftlessons.core.CoreFixture.T;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.EnvelopeFuzzer;
import io.raftlessons.core.EnvelopeFuzzer.Fuzzed;
import io.raftlessons.core.EnvelopeFuzzer.Sort;
import io.raftlessons.core.FuzzedCore;
import io.raftlessons.core.Role;
import io.raftlessons.sim.SimRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lesson 1's core among peers that lie. {@code -Dfuzz.envelopes=N} says how many messages, {@code
 * -Dfuzz.seed=N} which.
 */
class ElectionFuzzTest {
  private static final Logger log = LoggerFactory.getLogger("io.raftlessons.reach");
  private static final int MESSAGES_PER_CORE = 100;

  @Test
  void whateverArrivesTheServerKeepsItsPromises() {
    long messages = Long.getLong("fuzz.envelopes", 50_000);
    long seed = Long.getLong("fuzz.seed", 1);
    FuzzedCore.Counts counts = new FuzzedCore.Counts();
    long start = System.nanoTime();
    for (long core = 0; core < messages / MESSAGES_PER_CORE; core++) {
      fuzz(new SimRandom(seed + core), counts);
    }
    log.info("{} ms\n{}", (System.nanoTime() - start) / 1_000_000, counts);
    for (Role role : Role.values()) {
      assertThat(counts.of("GARBAGE to a " + role)).as("garbage to a %s", role).isPositive();
    }
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
