package io.raftlessons.course;

import io.raftlessons.course.Outcome.Colour;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Every bug against all graded tests of its lesson, and against the lesson's simulation: seed after
 * seed within the bug's {@link Budget}, and no failed run is made small. Prints a row for each bug.
 */
final class Matrix {
  /** For one test. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** For all seeds of one bug. */
  private static final Duration SIMULATION_LIMIT = Duration.ofMinutes(5);

  private final Lesson lesson;
  private final List<String> graded;
  private final String simulation;
  private final PrintStream table;
  private final List<String> problems = Collections.synchronizedList(new ArrayList<>());
  private final List<Row> rows = Collections.synchronizedList(new ArrayList<>());

  /**
   * A bug and what was seen of it.
   *
   * @param red the tests that are
   * @param found how the simulation failed; "" if it did not, or did not run
   */
  private record Row(Bug bug, TreeSet<String> red, String found) {}

  /**
   * @param simulation a {@code SimulationSuite}'s class name
   */
  Matrix(Lesson lesson, List<String> graded, String simulation, PrintStream table) {
    this.lesson = lesson;
    this.graded = List.copyOf(graded);
    this.simulation = simulation;
    this.table = table;
  }

  /**
   * What is wrong, a line each: bugs that no test they name sees, or that the simulator does not
   * see within its budget; and whatever fails on the reference.
   *
   * @throws BrokenBugException if a bug does not match or does not compile
   */
  List<String> run(List<Bug> bugs) throws IOException, InterruptedException {
    if (bugs.isEmpty()) {
      return List.of();
    }
    Queue<Zoo.Job> jobs = new ConcurrentLinkedQueue<>();
    jobs.add((compiler, jvm) -> checkReference(bugs, jvm));
    bugs.forEach(bug -> jobs.add((compiler, jvm) -> run(bug, compiler.compile(lesson, bug), jvm)));
    Zoo.inSeveralJvms(jobs, lesson, LIMIT);
    if (bugs.size() > 1) {
      table.println(summary());
    }
    return List.copyOf(problems);
  }

  private void checkReference(List<Bug> bugs, ZooJvm jvm) throws IOException, InterruptedException {
    TreeSet<String> tests = new TreeSet<>(graded);
    bugs.forEach(bug -> tests.addAll(bug.expect()));
    List<Outcome> outcomes = new ArrayList<>(jvm.run(Map.of(), List.copyOf(tests)));
    int most = bugs.stream().mapToInt(bug -> bug.budget().seeds()).max().orElse(0);
    if (most > 0) {
      outcomes.add(simulate(most, Map.of(), jvm));
    }
    for (Outcome outcome : outcomes) {
      if (outcome.colour() != Colour.GREEN) {
        problems.add(
            String.format(
                "%s is %s on the reference: %s", outcome.test(), outcome.colour(), outcome.why()));
      }
    }
  }

  private void run(Bug bug, Map<String, byte[]> mutant, ZooJvm jvm)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    TreeSet<String> tests = new TreeSet<>(graded);
    tests.addAll(bug.expect());
    TreeSet<String> red = new TreeSet<>();
    for (Outcome outcome : jvm.run(mutant, List.copyOf(tests))) {
      if (outcome.colour() == Colour.RED) {
        red.add(outcome.test());
      }
    }
    if (Collections.disjoint(red, bug.expect())) {
      problems.add(bug.id() + " (" + bug.title() + "): no test that it names is red");
    }
    Row row = new Row(bug, red, found(bug, mutant, jvm));
    rows.add(row);
    table.println(
        String.format(
            Locale.ROOT,
            "%-24s %3d of %d red  %-50s %6.1f s",
            bug.id(),
            red.size(),
            tests.size(),
            row.found().isEmpty() ? notFound(bug.budget()) : row.found(),
            (System.nanoTime() - start) / 1e9));
  }

  private String found(Bug bug, Map<String, byte[]> mutant, ZooJvm jvm)
      throws IOException, InterruptedException {
    if (bug.budget().seeds() == 0) {
      return "";
    }
    Outcome outcome = simulate(bug.budget().seeds(), mutant, jvm);
    if (outcome.why().startsWith("seed ")) {
      return outcome.why(); // what has no end names no seed
    }
    problems.add(
        String.format(
            "%s (%s): %s %s", bug.id(), bug.title(), notFound(bug.budget()), outcome.why()));
    return "";
  }

  private Outcome simulate(int seeds, Map<String, byte[]> mutant, ZooJvm jvm)
      throws IOException, InterruptedException {
    List<String> name = List.of(SimulatedRuns.name(simulation, seeds));
    return jvm.run(mutant, name, SIMULATION_LIMIT, Long.MAX_VALUE).get(0);
  }

  private static String notFound(Budget budget) {
    return budget.seeds() == 0
        ? "no seeds, because " + budget.because()
        : "not within " + budget.seeds() + " seeds";
  }

  private String summary() {
    List<Integer> red = rows.stream().map(row -> row.red().size()).sorted().toList();
    TreeSet<String> blind = new TreeSet<>(graded);
    rows.forEach(row -> blind.removeAll(row.red()));
    return String.format(
        Locale.ROOT,
        "%s: %d bugs, %d graded tests; %d cells are red, of a bug at least %d, median %d;"
            + " %d bugs found by the simulator; graded tests that are red on none: %s",
        lesson.name(),
        rows.size(),
        graded.size(),
        red.stream().mapToInt(Integer::intValue).sum(),
        red.get(0),
        red.get(red.size() / 2),
        rows.stream().filter(row -> !row.found().isEmpty()).count(),
        blind);
  }
}
