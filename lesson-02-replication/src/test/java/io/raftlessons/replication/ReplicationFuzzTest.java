package io.raftlessons.replication;

import static io.raftlessons.core.CoreFixture.T;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.EnvelopeFuzzer;
import io.raftlessons.core.EnvelopeFuzzer.Fuzzed;
import io.raftlessons.core.EnvelopeFuzzer.Sort;
import io.raftlessons.core.FuzzedCore;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lesson 2's core, with logs, among peers that lie Longer runs: see {@link FuzzedCore#fuzz}. */
class ReplicationFuzzTest {
  private static final int MESSAGES_PER_CORE = 100;

  @Test
  void whateverArrivesTheServerKeepsItsPromises() {
    FuzzedCore.Counts counts =
        FuzzedCore.fuzz(50_000, MESSAGES_PER_CORE, (random, met) -> new Run(random, met).fuzz());
    counts.haveGarbageToEveryRole();
    counts.have("truncated", "committed", "changed the state", "contradiction: the server stops");
  }

  private static final class Run {
    private final SimRandom random;
    private final FuzzedCore.Counts counts;
    private final ReplicationFixture f;
    private final FuzzedCore core;

    /** The committed entries' terms, which never change. */
    private final List<Long> committed = new ArrayList<>();

    Run(SimRandom random, FuzzedCore.Counts counts) {
      this.random = random;
      this.counts = counts;
      long[] terms = new long[random.nextInt(8)];
      long term = 1;
      for (int i = 0; i < terms.length; i++) {
        term += random.nextInt(3) / 2;
        terms[i] = term;
      }
      f = ReplicationFixture.group(3).term(term + random.nextInt(2)).log(terms).start();
      core = new FuzzedCore(f.core, counts, f::receive);
    }

    void fuzz() {
      switch (random.nextInt(5)) {
        case 0 -> f.now += T; // a leader does not count as heard recently
        case 1 -> f.heartbeat(); // only starts the timer
        case 2 -> f.campaign();
        case 3 -> f.lead();
        default -> f.leadSettled();
      }
      EnvelopeFuzzer fuzzer = new EnvelopeFuzzer(random, "s1", List.of("s2", "s3", "s2", "x"), 0);
      for (int i = 0; i < MESSAGES_PER_CORE && !core.stopped(); i++) {
        Fuzzed message = fuzzer.next(f.core.currentTerm(), f.log.lastIndex());
        core.receive(message, message.sort() != Sort.GARBAGE && contradicts(message.envelope()));
        if (!core.stopped()) {
          check(message);
          pass();
          check(message);
        }
      }
    }

    /** Another leader in our own term, or another entry where one is committed. */
    private boolean contradicts(Envelope message) {
      if (core.secondLeader(message)) {
        return true;
      }
      boolean ignored =
          message.getBodyCase() != BodyCase.APPEND_ENTRIES
              || message.getTerm() < f.core.currentTerm();
      if (ignored) {
        return false;
      }
      AppendEntries append = message.getAppendEntries();
      if (!f.log.has(append.getPrevLogIndex(), append.getPrevLogTerm())) {
        return false;
      }
      for (Entry entry : append.getEntriesList()) {
        if (!f.log.has(entry.getIndex(), entry.getTerm())) {
          return entry.getIndex() <= f.replication.commitIndex();
        }
      }
      return false;
    }

    private void check(Fuzzed message) {
      long commitIndex = f.replication.commitIndex();
      assertThat(commitIndex)
          .as("%s%n%s", f.core.describe(), message)
          .isBetween((long) committed.size(), f.log.lastIndex());
      while (committed.size() < commitIndex) {
        committed.add(f.log.termAt(committed.size() + 1));
        counts.count("committed");
      }
      for (int i = 0; i < committed.size(); i++) {
        assertThat(f.log.termAt(i + 1)).as("committed entry %d", i + 1).isEqualTo(committed.get(i));
      }
      long before = 0;
      for (long term : f.terms()) {
        assertThat(term).as("terms rise along the log").isBetween(before, f.core.currentTerm());
        before = term;
      }
      for (int i = 0; i < f.handedOut.size(); i++) {
        assertThat(f.handedOut.get(i).getIndex()).as("handed out in order").isEqualTo(i + 1);
      }
      assertThat((long) f.handedOut.size()).isLessThanOrEqualTo(commitIndex);
      if (f.heard.stream().anyMatch(event -> event.startsWith("truncated"))) {
        counts.count("truncated");
      }
      f.heard.clear();
    }

    /** The rest of the server goes on meanwhile. */
    private void pass() {
      switch (random.nextInt(30)) {
        case 0, 1, 2, 3 -> f.heartbeat();
        case 4, 5 -> f.persist();
        case 6 -> f.applied(f.handedOut.size());
        case 7 -> f.propose(random.nextInt(50));
        default -> f.now += random.nextLong(T / 20);
      }
    }
  }
}
