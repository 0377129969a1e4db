package io.raftlessons.course;

import io.raftlessons.course.Grade.State;
import io.raftlessons.course.Score.Line;
import io.raftlessons.course.Score.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A score for the console: what is wrong first, at most 20 lines. */
final class ScoreText {
  static final int MOST_LINES = 20;

  /** The heading, and what comes after the failures. */
  private static final int OTHER_LINES = 6;

  private static final int WIDTH = 160;
  private static final int LONG = 250;
  private static final Pattern SEED = Pattern.compile("seed (\\d+) ");

  private final Score score;
  private final boolean mine;
  private final Optional<ExerciseId> alone;
  private final Set<String> open;

  /**
   * @param mine whether a student's code was graded: then there is something to do next
   */
  ScoreText(Score score, boolean mine) {
    this(score, mine, Optional.empty(), new TreeSet<>());
  }

  /**
   * @param alone the exercise after which all is the reference's
   * @param open the exercises that nobody has begun
   */
  ScoreText(Score score, boolean mine, Optional<ExerciseId> alone, Set<String> open) {
    this.score = score;
    this.mine = mine;
    this.alone = alone;
    this.open = open;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "Lesson %s: %s   %d/%d%s   %.1f s",
            score.lesson().number(),
            score.whose(),
            score.points(),
            score.max(),
            alone.isPresent() ? " with its help" : "",
            score.millis() / 1000.0));
    Optional<String> nothing = behindAll();
    if (nothing.isPresent()) {
      lines.add("  " + cut(nothing.get(), LONG));
      lines.add("  " + sections());
      return lines;
    }
    addFailures(lines);
    addNames(lines, "done", row -> row.points() == row.max() && isWritten(row), Row::id);
    addNames(lines, "not started", ScoreText::waits, this::andWhatFor);
    addNotRun(lines);
    lines.add("  " + sections());
    if (mine) {
      lines.add(next());
    }
    return lines;
  }

  /** Of a run of a few tests, which is no score. */
  List<String> ofPart() {
    List<Line> ran =
        score.lines().stream().filter(line -> line.grade().state() != State.NOT_RUN).toList();
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "Lesson %s: %s   %d of %d graded tests green, the others were not asked for",
            score.lesson().number(),
            score.whose(),
            ran.stream().filter(line -> line.grade().state() == State.PASSED).count(),
            ran.size()));
    addFailures(lines);
    addNames(lines, "not started", ScoreText::waits, this::andWhatFor);
    return lines;
  }

  /** Why nothing of it was graded. */
  private Optional<String> behindAll() {
    List<String> reasons = score.lines().stream().map(line -> line.grade().why()).toList();
    List<String> broken =
        reasons.stream()
            .filter(why -> why.contains(StudentClasses.BROKEN))
            .map(why -> why.substring(why.indexOf(StudentClasses.BROKEN)))
            .toList();
    if (!broken.isEmpty()) {
      return Optional.of(broken.get(0));
    }
    boolean none = score.lines().stream().allMatch(line -> line.grade().state() == State.NOT_RUN);
    return none && reasons.stream().distinct().count() == 1
        ? Optional.of(reasons.get(0))
        : Optional.empty();
  }

  private static boolean isExercise(Row row) {
    return row.id().contains(".");
  }

  /** Not the reference's alone. */
  private boolean isWritten(Row row) {
    return !isExercise(row) || alone.filter(ExerciseId.of(row.id())::isAfter).isEmpty();
  }

  private void addFailures(List<String> lines) {
    List<Row> failed = score.rows().stream().filter(row -> row.any(State.FAILED)).toList();
    int left = MOST_LINES - OTHER_LINES;
    int shown = 0;
    for (Row row : failed) {
      if (left < 2 || (left < 3 && shown < failed.size() - 1)) {
        lines.add("  ... " + (failed.size() - shown) + " more: target/score/score.html");
        return;
      }
      List<String> told = failure(row);
      lines.addAll(told);
      left -= told.size();
      shown++;
    }
  }

  private List<String> failure(Row row) {
    Line first =
        row.lines().stream()
            .filter(line -> line.grade().state() == State.FAILED)
            .findFirst()
            .orElseThrow();
    List<String> lines = new ArrayList<>();
    lines.add(
        cut(
            String.format(
                "  %-36s %3d/%-3d %s",
                cut((row.id() + " " + row.title()).strip(), 36),
                row.points(),
                row.max(),
                first.why())));
    String page = first.grade().trace();
    lines.add(
        (page.isEmpty() ? "      rerun  " : "      open  " + page + "  rerun  ") + rerun(first));
    return lines;
  }

  private String rerun(Line line) {
    Matcher seed = SEED.matcher(line.grade().why());
    return Repeat.command(score.lesson().name(), line.test().selector(), mine, alone)
        + (seed.lookingAt() ? " -Dsim.seed=" + seed.group(1) : "");
  }

  /** Nothing of it is wrong, but something of it waits for an exercise. */
  private static boolean waits(Row row) {
    return !row.any(State.FAILED) && row.any(State.NOT_STARTED);
  }

  /** An exercise that is written may wait for one before it. */
  private String andWhatFor(Row row) {
    List<String> needed =
        row.lines().stream()
            .filter(line -> line.grade().state() == State.NOT_STARTED)
            .map(line -> line.grade().why())
            .distinct()
            .toList();
    return !isExercise(row) || open.contains(row.id()) || needed.contains(row.id())
        ? row.id()
        : row.id() + " (waits for " + String.join(", ", needed) + ")";
  }

  private void addNames(
      List<String> lines, String what, Predicate<Row> which, Function<Row, String> name) {
    String names = score.rows().stream().filter(which).map(name).collect(Collectors.joining(" "));
    if (!names.isEmpty()) {
      lines.add("  " + what + ": " + names);
    }
  }

  private void addNotRun(List<String> lines) {
    long notRun =
        score.lines().stream().filter(line -> line.grade().state() == State.NOT_RUN).count();
    if (notRun > 0) {
      lines.add(String.format("  not run: %d of %d graded tests", notRun, score.tests().size()));
    }
  }

  private String sections() {
    List<String> sections = new ArrayList<>();
    for (Section section : Section.values()) {
      sections.add(
          section.inWords()
              + " "
              + score.points(section)
              + "/"
              + section.points()
              + share(section));
    }
    return String.join("   ", sections);
  }

  private String share(Section section) {
    for (Line line : score.lines()) {
      Grade grade = line.grade();
      if (line.test().section() == section && grade.total() > 1) {
        return " (" + grade.clean() + " of " + grade.total() + " seeds clean)";
      }
    }
    return "";
  }

  private String next() {
    List<Row> open = score.rows().stream().filter(row -> row.points() < row.max()).toList();
    if (alone.isPresent() && open.stream().anyMatch(row -> row.any(State.FAILED))) {
      return exercise(alone.get(), "the lines after it are the reference's");
    }
    if (alone.isPresent()) {
      return score
          .next(alone.get())
          .map(next -> exercise(next, "-Dex=" + next + " grades it alone"))
          .orElse("Next: all of them together, without -Dex=");
    }
    Optional<Row> rule = open.stream().filter(ScoreText::isExercise).findFirst();
    if (rule.isPresent()) {
      return exercise(ExerciseId.of(rule.get().id()), "");
    }
    return open.isEmpty()
        ? "Next: the bug hunt. ./mvnw -q -pl " + score.lesson().name() + " -am -Phunt test"
        : "Next: the first failure above. Each step by itself is right, so look at their order";
  }

  private String exercise(ExerciseId id, String remark) {
    return "Next: exercise "
        + (id + " " + score.title(id)).strip()
        + (remark.isEmpty() ? "" : "; " + remark)
        + ". Hint: ./mvnw -q -pl "
        + score.lesson().name()
        + " -am -Phint -Dex="
        + id
        + " test";
  }

  private static String cut(String text) {
    return cut(text, WIDTH);
  }

  private static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 3) + "...";
  }
}
