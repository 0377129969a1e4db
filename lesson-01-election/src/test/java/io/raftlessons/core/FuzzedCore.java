package io.raftlessons.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.raftlessons.core.EnvelopeFuzzer.Fuzzed;
import io.raftlessons.core.EnvelopeFuzzer.Sort;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a core what a fuzzer makes, and checks what must hold whatever arrives: garbage changes
 * nothing and is not answered; nothing is thrown but at a contradiction that stops the server on
 * purpose; terms do not go back; there is one vote in a term; a message costs bounded memory.
 */
public final class FuzzedCore {
  /** What was met over all cores, by name. */
  public static final class Counts {
    private final Map<String, Long> byName = new TreeMap<>();
    private long mostBytes;

    public void count(String name) {
      byName.merge(name, 1L, Long::sum);
    }

    /** Asserts that each of these was met. */
    public void have(String... names) {
      for (String name : names) {
        assertThat(byName.getOrDefault(name, 0L)).as(name).isPositive();
      }
    }

    /** Asserts that garbage came to followers, candidates and leaders. */
    public void haveGarbageToEveryRole() {
      for (Role role : Role.values()) {
        have(Sort.GARBAGE + " to a " + role);
      }
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      byName.forEach((name, count) -> text.append(count).append(' ').append(name).append('\n'));
      return text.append("most bytes allocated for one message: ").append(mostBytes).toString();
    }
  }

  private static final Logger log = LoggerFactory.getLogger("io.raftlessons.reach");

  /** What a step may allocate besides what it keeps of the message. */
  private static final long ALLOWED_BYTES = 256 << 10;

  private static final int ALLOWED_BYTES_PER_BYTE = 100;
  private static final int LONGEST_DESCRIPTION = 2_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final RaftCore core;
  private final Counts counts;
  private final Function<Envelope, Effects> receive;
  private final Map<Long, String> votes = new TreeMap<>();
  private boolean stopped;

  /**
   * Fuzzes core after core. {@code -Dfuzz.envelopes=N} says how many messages they are given
   * together, {@code -Dfuzz.seed=N} which.
   *
   * @param messages how many if nothing is said
   * @param perCore how many each core is given
   * @param fuzz does it with a new core
   * @return what was met
   */
  public static Counts fuzz(long messages, int perCore, BiConsumer<SimRandom, Counts> fuzz) {
    long cores = Long.getLong("fuzz.envelopes", messages) / perCore;
    long seed = Long.getLong("fuzz.seed", 1);
    Counts counts = new Counts();
    long start = System.nanoTime();
    for (long core = 0; core < cores; core++) {
      fuzz.accept(new SimRandom(seed + core), counts);
    }
    log.info("{} ms\n{}", (System.nanoTime() - start) / 1_000_000, counts);
    return counts;
  }

  /**
   * @param receive gives the message to the core
   */
  public FuzzedCore(RaftCore core, Counts counts, Function<Envelope, Effects> receive) {
    this.core = core;
    this.counts = counts;
    this.receive = receive;
  }

  /** Whether a contradiction has stopped the server. */
  public boolean stopped() {
    return stopped;
  }

  /** Whether this is what the leader of this server's term sends, and this server leads it. */
  public boolean secondLeader(Envelope message) {
    return core.role() == Role.LEADER
        && message.getBodyCase() == BodyCase.APPEND_ENTRIES
        && message.getTerm() == core.currentTerm();
  }

  /**
   * @param contradiction whether it contradicts what this server knows for certain, so that one of
   *     the two is broken
   */
  public void receive(Fuzzed message, boolean contradiction) {
    String before = core.describe();
    long term = core.currentTerm();
    String vote = core.votedFor();
    counts.count(message.sort() + " to a " + core.role());
    counts.count(message.sort() + " " + message.what());
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    Effects effects;
    try {
      effects = receive.apply(message.envelope());
    } catch (IllegalStateException e) {
      assertThat(contradiction).as("%s%n%s%n%s", e, before, message).isTrue();
      counts.count("contradiction: the server stops");
      stopped = true;
      return;
    } catch (RuntimeException e) {
      throw new AssertionError(before + "\n" + message, e);
    }
    allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
    counts.mostBytes = Math.max(counts.mostBytes, allocated);
    assertThat(allocated)
        .as("bytes for %s", message.what())
        .isLessThan(
            ALLOWED_BYTES + (long) ALLOWED_BYTES_PER_BYTE * message.envelope().getSerializedSize());
    String after = core.describe();
    if (message.sort() == Sort.GARBAGE) {
      assertThat(after).as("after %s", message).isEqualTo(before);
      assertThat(effects.list()).as("of %s%n%s", message, before).isEmpty();
    }
    counts.count(after.equals(before) ? "left the state as it was" : "changed the state");
    if (message.sort() == Sort.WELL_FORMED) {
      assertThat(contradiction).as("unnoticed:%n%s%n%s", before, message).isFalse();
    }
    assertThat(after.length()).as(after).isLessThan(LONGEST_DESCRIPTION);
    assertThat(core.currentTerm()).as("%s%n%s", before, message).isGreaterThanOrEqualTo(term);
    if (core.currentTerm() == term && !vote.isEmpty()) {
      assertThat(core.votedFor()).as("%s%n%s", before, message).isEqualTo(vote);
    }
    for (Envelope sent : CoreFixture.sent(effects)) {
      if (sent.getRequestVoteReply().getGranted()) {
        voted(sent.getTerm(), sent.getTo());
      } else if (sent.getBodyCase() == BodyCase.REQUEST_VOTE) {
        voted(sent.getTerm(), core.self());
      }
    }
  }

  private void voted(long term, String candidate) {
    String before = votes.putIfAbsent(term, candidate);
    assertThat(before == null || before.equals(candidate))
        .as("votes of term %d: %s and %s", term, before, candidate)
        .isTrue();
  }
}
