package io.raftlessons.course;

import io.raftlessons.course.Outcome.Colour;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * Runs a student's tests against every bug of a lesson. They are the files {@code My...Test.java}
 * beside the student's parts. A test must be green on the reference, again and again, or it counts
 * for nothing: it would find fault with everything.
 */
final class Hunt {
  static final int BONUS = 20;

  /** Before the bugs, and after them: a test that throws dice is found out. */
  private static final int REFERENCE_RUNS = 3;

  private static final String FILES = "My\\w*Test\\.java";

  /**
   * What was caught.
   *
   * @param counted the tests that are green on the reference
   * @param problems what does not count, and why
   */
  record Bag(Set<String> counted, List<Bug> killed, List<Bug> alive, List<String> problems) {
    /** The share of bugs, rounded up: the first that is killed is worth something. */
    int points() {
      int all = killed.size() + alive.size();
      return all == 0 ? 0 : (BONUS * killed.size() + all - 1) / all;
    }

    List<String> lines() {
      List<String> lines = new ArrayList<>();
      lines.add(
          String.format(
              Locale.ROOT,
              "Hunt: %d of %d bugs killed by %d tests: %d/%d bonus points",
              killed.size(),
              killed.size() + alive.size(),
              counted.size(),
              points(),
              BONUS));
      problems.forEach(problem -> lines.add("  does not count: " + problem));
      if (!killed.isEmpty()) {
        lines.add("  killed: " + String.join(" ", killed.stream().map(Bug::id).toList()));
      }
      alive.stream().limit(8).forEach(bug -> lines.add("  alive: " + bug.id() + " " + bug.title()));
      if (alive.size() > 8) {
        lines.add("  ... and " + (alive.size() - 8) + " more that live");
      }
      return lines;
    }
  }

  private final Lesson lesson;
  private final ZooJvm jvm;

  Hunt(Lesson lesson, ZooJvm jvm) {
    this.lesson = lesson;
    this.jvm = jvm;
  }

  /** The files with tests below a source root. */
  static List<Path> tests(Path exercises) throws IOException {
    if (!Files.isDirectory(exercises)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(exercises)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).matches(FILES))
          .sorted()
          .toList();
    }
  }

  /**
   * @param total no bug is tried after that time; those left are alive
   */
  Bag run(Path exercises, List<Path> files, Duration total)
      throws IOException, InterruptedException {
    List<String> problems = new ArrayList<>();
    List<Bug> bugs = lesson.bugs();
    Map<String, byte[]> classes = compile(exercises, files, problems);
    Set<String> counted = greenOnTheReference(classes, methods(classes), problems);
    long deadline = System.nanoTime() + total.toNanos();
    List<Bug> killed = new ArrayList<>();
    try (MutantCompiler compiler = new MutantCompiler()) {
      for (Bug bug : bugs) {
        if (!counted.isEmpty() && System.nanoTime() < deadline) {
          Map<String, byte[]> mutant = new TreeMap<>(compiler.compile(lesson, bug));
          mutant.putAll(classes);
          if (isRed(mutant, counted)) {
            killed.add(bug);
          }
        }
      }
    }
    Set<String> still = greenOnTheReference(classes, counted, problems);
    if (!still.equals(counted)) {
      killed.clear(); // nobody knows what its red was worth
    }
    List<Bug> alive = new ArrayList<>(bugs);
    alive.removeAll(killed);
    return new Bag(still, killed, alive, problems);
  }

  private boolean isRed(Map<String, byte[]> classes, Set<String> tests)
      throws IOException, InterruptedException {
    for (String test : tests) {
      if (jvm.run(classes, List.of(test)).get(0).colour() == Colour.RED) {
        return true;
      }
    }
    return false;
  }

  private static Map<String, byte[]> compile(
      Path exercises, List<Path> files, List<String> problems) throws IOException {
    Map<String, byte[]> classes = new TreeMap<>();
    try (MutantCompiler compiler = new MutantCompiler()) {
      for (Path file : files) {
        String name = exercises.relativize(file).toString().replace('\\', '/');
        try {
          Map<String, byte[]> compiled =
              compiler.compile(Map.of(name, Files.readString(file)), IllegalArgumentException::new);
          refused(compiled)
              .ifPresentOrElse(
                  what -> problems.add(name + " names " + what + ": it is not run"),
                  () -> classes.putAll(compiled));
        } catch (IllegalArgumentException | StackOverflowError e) {
          problems.add(name + " does not compile: " + e.getMessage());
        }
      }
    }
    return classes;
  }

  private static Optional<String> refused(Map<String, byte[]> classes) {
    for (Map.Entry<String, byte[]> type : classes.entrySet()) {
      if (!type.getKey().matches("io\\.raftlessons\\.\\w+\\.My\\w*Test(\\$.*)?")) {
        return Optional.of("itself " + type.getKey());
      }
      Optional<String> refused =
          AllowedInSubmissions.TESTS.refused(type.getValue(), classes.keySet());
      if (refused.isPresent()) {
        return refused;
      }
    }
    return Optional.empty();
  }

  /** As bugs name tests. Classes are looked at, not run. */
  private static Set<String> methods(Map<String, byte[]> classes) {
    ClassLoader loader = new MutantLoader(classes, Hunt.class.getClassLoader());
    Set<String> tests = new TreeSet<>();
    for (String name : classes.keySet()) {
      try {
        ReflectionSupport.findMethods(
                Class.forName(name, false, loader),
                method -> AnnotationSupport.isAnnotated(method, Testable.class),
                HierarchyTraversalMode.TOP_DOWN)
            .forEach(
                method ->
                    tests.add(
                        name.replace("io.raftlessons.", "").replaceAll("\\$.*", "")
                            + "#"
                            + method.getName()));
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }
    return tests;
  }

  private Set<String> greenOnTheReference(
      Map<String, byte[]> classes, Set<String> tests, List<String> problems)
      throws IOException, InterruptedException {
    Set<String> green = new TreeSet<>(tests);
    for (int run = 0; run < REFERENCE_RUNS; run++) {
      for (Outcome outcome : jvm.run(classes, List.copyOf(green))) {
        if (outcome.colour() != Colour.GREEN) {
          green.remove(outcome.test());
          problems.add(outcome.test() + " fails on the reference: " + outcome.why());
        }
      }
    }
    return green;
  }
}
