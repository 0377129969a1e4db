package io.raftlessons.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.course.Section;
import io.raftlessons.election.Election;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.sim.Exploration.Scope;
import io.raftlessons.sim.ExploredGroup.Choice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every run of an election within a scope. {@code -Dexplore.timeouts=N}, {@code .crashes}, {@code
 * .messages}, {@code .copies}, {@code .servers} and {@code -Dexplore.preVote=true} choose another.
 */
class ExplorationTest {
  private static final Logger log = LoggerFactory.getLogger(ExplorationTest.class);

  /** Two timers ring and one server crashes. */
  private static final Scope SMALL = new Scope(3, 2, 1, Scope.ALL, 0, false);

  private static Exploration.Result explore(Scope scope) {
    Exploration.Result result =
        new Exploration(scope, ElectionParts.ELECTION).run(System::nanoTime);
    log.info("{}", result);
    return result;
  }

  @Test
  void everyElectionOfThreeServersIsSafe() {
    Scope scope =
        new Scope(
            Integer.getInteger("explore.servers", SMALL.servers()),
            Integer.getInteger("explore.timeouts", SMALL.timeouts()),
            Integer.getInteger("explore.crashes", SMALL.crashes()),
            Integer.getInteger("explore.messages", SMALL.messages()),
            Integer.getInteger("explore.copies", SMALL.copies()),
            Boolean.getBoolean("explore.preVote"));
    Exploration.Result result = explore(scope);
    if (scope.equals(SMALL)) {
      assertThat(result.states()).as("states on record").isEqualTo(55_292);
      assertThat(result.depth()).isEqualTo(22);
      for (String what :
          List.of(
              "election won",
              "vote refused",
              "two candidates in a term",
              "leader stepped down in its own term",
              "leader crashed",
              "promise lost in a crash before it was made")) {
        assertThat(result.reach().of(what)).as(what).isPositive();
      }
    }
  }

  /** The same with few messages: enough to find bugs, and quick. */
  @Test
  void everyShortElectionIsSafe() {
    assertThat(explore(new Scope(3, 2, 1, 3, 0, false)).states()).isEqualTo(3_294);
  }

  /**
   * What is graded: nothing is asked of how many states there are, for that depends on their text.
   */
  @Points(value = 10, section = Section.EXPLORATION)
  @Exercise({"1.7", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6"})
  @Rule({"PS-1", "CAN-2"})
  @Bugs({"E02", "E03", "E10"})
  @ParameterizedTest
  @CsvSource({"3, 2, 1, 3, false", "3, 1, 1, -1, true"})
  void everyElectionWithinBoundsIsSafe(
      int servers, int timeouts, int crashes, int messages, boolean preVote) {
    int arrive = messages < 0 ? Scope.ALL : messages;
    Exploration.Result result = explore(new Scope(servers, timeouts, crashes, arrive, 0, preVote));
    assertThat(result.reach().of("election won")).as("elections won").isPositive();
  }

  /** With pre-votes, copies, other numbers of servers: the other dimensions of a scope. */
  @ParameterizedTest
  @CsvSource({
    "3, 1, 1, all, 0, true, 1839, 14",
    "3, 1, 1, all, 1, false, 1589, 11",
    "4, 1, 0, all, 0, false, 282, 14",
    "2, 2, 1, all, 1, true, 4408, 20",
    "1, 3, 2, 0, 0, true, 99, 8"
  })
  void otherScopesAreSafe(
      int servers,
      int timeouts,
      int crashes,
      String messages,
      int copies,
      boolean preVote,
      int states,
      int depth) {
    int arrive = messages.equals("all") ? Scope.ALL : Integer.parseInt(messages);
    Exploration.Result result =
        explore(new Scope(servers, timeouts, crashes, arrive, copies, preVote));
    assertThat(result.states()).isEqualTo(states);
    assertThat(result.depth()).isEqualTo(depth);
    assertThat(result.reach().of("election won")).isPositive();
  }

  @Test
  void anExplorationIsTheSameEveryTime() {
    Scope scope = new Scope(3, 1, 1, Scope.ALL, 0, true);
    assertThat(new Exploration(scope, ElectionParts.ELECTION).run(() -> 0))
        .usingRecursiveComparison()
        .isEqualTo(new Exploration(scope, ElectionParts.ELECTION).run(() -> 0));
  }

  private static List<String> counterexample(Election.Factory election) {
    AssertionError found =
        catchThrowableOfType(
            AssertionError.class, () -> new Exploration(SMALL, election).run(() -> 0));
    log.info("{}", found.getMessage());
    return String.valueOf(found.getMessage()).lines().toList();
  }

  @Test
  void aQuorumOfHalfTheServersElectsTwoLeaders() {
    List<String> report = counterexample(BrokenParts.HALF);
    assertThat(report.get(0)).contains("after 4 choices");
    assertThat(report.get(1)).isEqualTo("ElectionSafety: term 1 has two leaders: n1 and n2");
  }

  @Test
  void aServerThatForgetsItsVoteVotesTwice() {
    List<String> report = counterexample(BrokenParts.MANY_VOTES);
    assertThat(report.get(0)).contains("after 5 choices");
    assertThat(report.get(1)).isEqualTo("OneVotePerTerm: n2 voted for n2 and for n1 in term 1");
  }

  @Test
  void aVoteThatDoesNotWaitForTheDiskIsTakenBackByACrash() {
    List<String> report = counterexample(BrokenParts.HASTY_VOTES);
    assertThat(report.get(0)).contains("after 4 choices");
    assertThat(String.join("\n", report.subList(1, report.size())))
        .isEqualToIgnoringWhitespace(
            """
            DurableBeforePromised: n2 restarted in term 0 but promised something in term 1
                    step  n1                            n2                            n3
                       1  ! times out
                       1  * CANDIDATE t1 leader ?
                       2  ! has written
                       2  >n2 Vote? t1
                       2  >n3 Vote? t1
                       3                                ! hears no leader for a while
                       3                                n1> Vote? t1
                       3                                * FOLLOWER t1 leader ?
                       3                                >n1 Vote yes t1
                       4                                ! crashes and starts
            """);
  }

  /** What pruning rests on: that the text of a state tells all that its future depends on. */
  @ParameterizedTest
  @CsvSource({"3, 1, 1, 0, false", "3, 1, 0, 0, true", "2, 2, 1, 0, true", "2, 2, 0, 1, false"})
  void statesOfTheSameTextHaveTheSameSuccessors(
      int servers, int timeouts, int crashes, int copies, boolean preVote) {
    Scope scope = new Scope(servers, timeouts, crashes, Scope.ALL, copies, preVote);
    Map<String, Set<String>> successors = new TreeMap<>();
    ArrayDeque<List<Choice>> queue = new ArrayDeque<>();
    queue.add(List.of());
    long compared = 0;
    for (List<Choice> path = queue.poll(); path != null; path = queue.poll()) {
      ExploredGroup group = replay(scope, path);
      Set<String> after = new TreeSet<>();
      List<List<Choice>> longer = new ArrayList<>();
      for (Choice choice : group.choices()) {
        List<Choice> next = new ArrayList<>(path);
        next.add(choice);
        longer.add(next);
        after.add(replay(scope, next).describe());
      }
      Set<String> before = successors.putIfAbsent(group.describe(), after);
      if (before == null) {
        queue.addAll(longer);
      } else {
        compared++;
        assertThat(after).as("after %s", path).isEqualTo(before);
      }
    }
    assertThat(compared).isPositive();
  }

  private static ExploredGroup replay(Scope scope, List<Choice> path) {
    ExploredGroup group = new ExploredGroup(scope, ElectionParts.ELECTION, null);
    path.forEach(group::make);
    return group;
  }
}
