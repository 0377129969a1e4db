package io.raftlessons.course;

import io.raftlessons.course.Outcome.Colour;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs every bug against the tests that it names and prints a table. A test must be green on the
 * reference and red on the bug.
 */
public final class Zoo {
  /** Tests of bugs are fast ones: what takes longer hangs. */
  private static final Duration LIMIT = Duration.ofSeconds(120);

  /** How many JVMs share the bugs: each has its own tests to run, so the order says nothing. */
  private static final int JVMS = 2;

  private final Lesson lesson;
  private final PrintStream table;
  private final Duration limit;
  private final List<String> problems = Collections.synchronizedList(new ArrayList<>());

  public Zoo(Lesson lesson, PrintStream table) {
    this(lesson, table, LIMIT);
  }

  Zoo(Lesson lesson, PrintStream table, Duration limit) {
    this.lesson = lesson;
    this.table = table;
    this.limit = limit;
  }

  /**
   * Bugs that have the same id are variants of one, and share its rows in the table.
   *
   * @return what is wrong, a line each: tests that do not see their bug, that are not green on the
   *     reference, or that did not run
   * @throws BrokenBugException if a bug does not match or does not compile
   */
  public List<String> run(List<Bug> bugs) throws IOException, InterruptedException {
    Map<String, List<Bug>> byId = new LinkedHashMap<>();
    TreeSet<String> tests = new TreeSet<>();
    for (Bug bug : bugs) {
      byId.computeIfAbsent(bug.id(), id -> new ArrayList<>()).add(bug);
      tests.addAll(bug.expect());
    }
    Queue<Job> jobs = new ConcurrentLinkedQueue<>();
    jobs.add((compiler, jvm) -> checkReference(jvm.run(Map.of(), List.copyOf(tests))));
    byId.values().forEach(variants -> jobs.add((compiler, jvm) -> run(variants, compiler, jvm)));
    inSeveralJvms(jobs, lesson, limit);
    return List.copyOf(problems);
  }

  interface Job {
    void run(MutantCompiler compiler, ZooJvm jvm) throws IOException, InterruptedException;
  }

  /**
   * @param limit for a single test
   */
  static void inSeveralJvms(Queue<Job> jobs, Lesson lesson, Duration limit)
      throws IOException, InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(JVMS);
    try {
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < Math.min(JVMS, jobs.size()); i++) {
        ends.add(
            threads.submit(
                () -> {
                  work(jobs, lesson, limit);
                  return null;
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof BrokenBugException broken) {
        throw broken;
      }
      if (cause instanceof IOException failed) {
        throw failed;
      }
      throw new IllegalStateException(cause);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void work(Queue<Job> jobs, Lesson lesson, Duration limit)
      throws IOException, InterruptedException {
    try (MutantCompiler compiler = new MutantCompiler();
        ZooJvm jvm = new ZooJvm(lesson.directory(), limit)) {
      for (Job job = jobs.poll(); job != null; job = jobs.poll()) {
        job.run(compiler, jvm);
      }
    }
  }

  private void run(List<Bug> variants, MutantCompiler compiler, ZooJvm jvm)
      throws IOException, InterruptedException {
    Map<String, Row> rows = new LinkedHashMap<>();
    for (Bug bug : variants) {
      for (Outcome outcome : jvm.run(compiler.compile(lesson, bug), bug.expect())) {
        rows.computeIfAbsent(outcome.test(), test -> new Row()).add(bug, outcome);
      }
    }
    rows.forEach((test, row) -> row.print(variants.get(0), test));
  }

  private void checkReference(List<Outcome> outcomes) {
    for (Outcome outcome : outcomes) {
      if (outcome.colour() != Colour.GREEN) {
        problems.add(
            String.format(
                "%s is %s on the reference (a bug cannot name a test that starts JVMs): %s",
                outcome.test(), outcome.colour(), outcome.why()));
      }
    }
  }

  /** What one test said of all variants of a bug. */
  private final class Row {
    private final List<Outcome> outcomes = new ArrayList<>();
    private long millis;

    void add(Bug bug, Outcome outcome) {
      outcomes.add(outcome);
      millis += outcome.millis();
      if (outcome.colour() != Colour.RED) {
        problems.add(
            String.format(
                "%s (%s): %s is %s %s",
                bug.id(), bug.title(), outcome.test(), colour(outcome), outcome.why()));
      }
    }

    void print(Bug bug, String test) {
      long red = outcomes.stream().filter(o -> o.colour() == Colour.RED).count();
      String colour =
          outcomes.size() == 1 ? colour(outcomes.get(0)) : "red " + red + "/" + outcomes.size();
      String why = outcomes.get(0).why();
      table.println(
          String.format(
              Locale.ROOT,
              "%-32s %-6s %6.2f s  %s  %s",
              bug.id(),
              colour,
              millis / 1000.0,
              test,
              why.substring(0, Math.min(60, why.length()))));
    }

    private String colour(Outcome outcome) {
      return outcome.colour().name().toLowerCase(Locale.ROOT);
    }
  }
}
