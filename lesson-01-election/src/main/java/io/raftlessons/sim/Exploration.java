package io.raftlessons.sim;

import io.raftlessons.election.Election;
import io.raftlessons.sim.ExploredGroup.Choice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tries every run that an election of a few servers can have within a {@link Scope}, and finds a
 * shortest one that breaks a rule. The simulator, in contrast, draws a few runs of many more. The
 * cores are the real ones. After each choice (which message arrives, whose timer rings, which disk
 * is done, who crashes) all rules of {@link ElectionChecks} are asked.
 *
 * <p><b>How.</b> Breadth first, so that the first violation is a shortest one. A core cannot be
 * copied: a state is the choices that lead to it, made again from the start. Of states with the
 * same text only the first is followed; the texts are kept as 64-bit hashes, of which two among a
 * million states agree by accident with a probability of 1 to 30 million.
 *
 * <p><b>What the text must tell.</b> All that the future depends on: {@code describe()} of every
 * core; what is on each disk, under way to it, and waiting for it; the messages in flight; what is
 * left of the scope; and what the checks remember, for two leaders in a term need not lead at once.
 * Two things matter that {@code describe()} does not tell, so the text adds them: the round of the
 * pre-vote, and whether a leader was heard within the minimum election timeout. A test compares the
 * successors of states that have the same text.
 *
 * <p><b>Time.</b> Each server has a clock of its own, which stands still until a choice moves it.
 * Timers are random and clocks drift, so anything may happen before or after a timer rings, and
 * that it rings is a choice: no other time in a core is compared with anything, but two. A server
 * refuses its vote while a leader was heard recently: so each request for a vote arrives early or
 * late, and an earlier moment would have served as well. A leader steps down if it has not heard a
 * quorum for a while: that is what its timer means here. A leader says once in a term that it
 * leads; what it would repeat are copies of that.
 *
 * <p><b>Less than everything, but no less is found.</b> A message that is lost is one that never
 * arrives; a server that is down is one to which nothing arrives. A crash between the end of a
 * write and its completion is a write, then a crash, and the messages that left in between are
 * lost. A message that can change nothing any more is taken away.
 *
 * <p>For a student's class with state that its {@code describe()} hides, what is found is still
 * real, but not all of the scope may be seen.
 */
public final class Exploration {
  /**
   * What is explored.
   *
   * @param timeouts how many timers ring, of all servers together
   * @param crashes how many crashes
   * @param messages how many messages arrive
   * @param copies how many of these arrive once more
   * @param preVote whether servers ask before they campaign
   */
  public record Scope(
      int servers, int timeouts, int crashes, int messages, int copies, boolean preVote) {
    /** As many messages as servers send. */
    public static final int ALL = Integer.MAX_VALUE;

    @Override
    public String toString() {
      String arrive = messages == ALL ? "all messages" : "messages " + messages;
      return String.format(
          "servers %d, timeouts %d, crashes %d, %s, copies %d, %s pre-vote",
          servers, timeouts, crashes, arrive, copies, preVote ? "with" : "without");
    }
  }

  /**
   * All was seen and no rule was broken.
   *
   * @param states how many different ones
   * @param choices how many were made, not counting those made again
   * @param depth how many lead to the farthest state
   * @param nanos real time
   * @param reach in how many states something had happened on the way there
   */
  public record Result(Scope scope, long states, long choices, int depth, long nanos, Reach reach) {
    @Override
    public String toString() {
      return String.format(
          "%s: %,d states, %,d choices, depth %d, %.1f s%n%s",
          scope, states, choices, depth, nanos / 1e9, reach);
    }
  }

  private record Path(@Nullable Path before, @Nullable Choice last, int length) {
    static final Path EMPTY = new Path(null, null, 0);

    List<Choice> choices() {
      List<Choice> choices = new ArrayList<>(length);
      for (Path p = this; p.last != null && p.before != null; p = p.before) {
        choices.add(p.last);
      }
      Collections.reverse(choices);
      return choices;
    }
  }

  private final Scope scope;
  private final Election.Factory factory;

  /**
   * @param factory {@code ReferenceElection::new}, or a student's
   */
  public Exploration(Scope scope, Election.Factory factory) {
    this.scope = scope;
    this.factory = factory;
  }

  /**
   * Sees everything.
   *
   * @param clock real time in nanoseconds, to tell how long it took
   * @throws AssertionError if a rule is broken; the message has a shortest way there
   */
  public Result run(LongSupplier clock) {
    long started = clock.getAsLong();
    Reach reach = new Reach();
    Set<Long> seen = new LinkedHashSet<>();
    ArrayDeque<Path> queue = new ArrayDeque<>();
    queue.add(Path.EMPTY);
    seen.add(hash(replay(Path.EMPTY, null)));
    long choices = 0;
    int depth = 0;
    for (Path path = queue.poll(); path != null; path = queue.poll()) {
      depth = path.length();
      ExploredGroup group = replay(path, null);
      List<Choice> next = group.choices();
      for (int i = 0; i < next.size(); i++) {
        choices++;
        Path longer = new Path(path, next.get(i), depth + 1);
        ExploredGroup after = i < next.size() - 1 ? replay(path, null) : group;
        try {
          after.make(next.get(i));
        } catch (Violation broken) {
          throw new AssertionError(report(longer, broken, seen.size()), broken);
        }
        if (seen.add(hash(after))) {
          reach.countAll(after.reach());
          queue.add(longer);
        }
      }
    }
    return new Result(scope, seen.size(), choices, depth, clock.getAsLong() - started, reach);
  }

  private ExploredGroup replay(Path path, @Nullable Trace trace) {
    ExploredGroup group = new ExploredGroup(scope, factory, trace);
    path.choices().forEach(group::make);
    return group;
  }

  private String report(Path path, Violation broken, int states) {
    Trace trace = new Trace(Integer.MAX_VALUE);
    try {
      replay(path, trace);
    } catch (Violation again) {
      if (!again.rule().equals(broken.rule())) {
        throw again;
      }
    }
    return String.format(
        "%s, after %d choices, %d states%n%s%n%s",
        scope,
        path.length(),
        states,
        broken.getMessage(),
        SpaceTime.drawSteps(ElectionScenario.ids(scope.servers()), trace.events()));
  }

  private static long hash(ExploredGroup group) {
    return hash(group.describe());
  }

  /** FNV-1a, then mixed. */
  private static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return new SimRandom(hash).nextLong();
  }
}
