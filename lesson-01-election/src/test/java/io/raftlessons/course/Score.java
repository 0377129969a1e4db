package io.raftlessons.course;

import io.raftlessons.course.Grade.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a lesson's graded tests came to.
 *
 * @param whose what was graded, in words
 * @param exercises what the lesson's exercises are called
 */
public record Score(
    Lesson lesson,
    String whose,
    List<Assignment> exercises,
    List<GradedTest> tests,
    Map<String, Grade> grades) {
  /** A graded test and what came of it. */
  public record Line(GradedTest test, Grade grade) {
    int points() {
      return grade.points(test);
    }

    /** The rule first. */
    String why() {
      return test.rules().get(0) + " " + grade.why();
    }
  }

  public Score {
    exercises = List.copyOf(exercises);
    tests = List.copyOf(tests);
    grades = Map.copyOf(grades);
  }

  /** The score that grades, in any order, make of a lesson. */
  static Score of(Lesson lesson, String whose, List<GradedTest> tests, List<Grade> grades)
      throws IOException {
    Map<String, Grade> byTest = new TreeMap<>();
    grades.forEach(grade -> byTest.put(grade.test(), grade));
    return new Score(lesson, whose, Assignment.of(lesson), tests, byTest);
  }

  /** All graded tests, in the order of the exercises. */
  List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    for (GradedTest test : tests) {
      Grade grade = grades.getOrDefault(test.id(), Grade.notRun(test.id(), "not run"));
      lines.add(new Line(test, grade));
    }
    lines.sort(
        Comparator.comparing((Line line) -> line.test().section())
            .thenComparing(line -> ExerciseId.of(line.test().exercise())));
    return lines;
  }

  public int points() {
    return lines().stream().mapToInt(Line::points).sum();
  }

  public int points(Section section) {
    return lines().stream()
        .filter(line -> line.test().section() == section)
        .mapToInt(Line::points)
        .sum();
  }

  int max() {
    return tests.stream().mapToInt(GradedTest::points).sum();
  }

  /** Whether every graded test ran. */
  boolean complete() {
    return lines().stream().noneMatch(line -> line.grade().state() == State.NOT_RUN);
  }

  long millis() {
    return lines().stream().mapToLong(line -> line.grade().millis()).sum();
  }

  /** What a report has a line for: an exercise's rules, or a section of all exercises. */
  record Row(String id, String title, List<Line> lines) {
    int points() {
      return lines.stream().mapToInt(Line::points).sum();
    }

    int max() {
      return lines.stream().mapToInt(line -> line.test().points()).sum();
    }

    boolean any(State state) {
      return lines.stream().anyMatch(line -> line.grade().state() == state);
    }
  }

  /** In the order of the exercises, then what is of all of them. */
  List<Row> rows() {
    Map<ExerciseId, List<Line>> byExercise = new TreeMap<>();
    Map<Section, List<Line>> ofAll = new EnumMap<>(Section.class);
    for (Line line : lines()) {
      Section section = line.test().section();
      List<Line> row =
          section == Section.RULES
              ? byExercise.computeIfAbsent(
                  ExerciseId.of(line.test().exercise()), key -> new ArrayList<>())
              : ofAll.computeIfAbsent(section, key -> new ArrayList<>());
      row.add(line);
    }
    List<Row> rows = new ArrayList<>();
    byExercise.forEach((id, lines) -> rows.add(new Row(id.toString(), title(id), lines)));
    ofAll.forEach((section, lines) -> rows.add(new Row(section.inWords(), "", lines)));
    return rows;
  }

  /** The exercise that comes after this one. */
  Optional<ExerciseId> next(ExerciseId exercise) {
    return exercises.stream()
        .map(next -> ExerciseId.of(next.id()))
        .filter(next -> next.isAfter(exercise))
        .min(Comparator.naturalOrder());
  }

  String title(ExerciseId id) {
    return exercises.stream()
        .filter(exercise -> exercise.id().equals(id.toString()))
        .map(Assignment::title)
        .findFirst()
        .orElse("");
  }
}
