package io.raftlessons.course;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Grades a folder in which each directory and each zip is a submission: {@code grades.csv}, and for
 * each student {@code report.txt}, {@code score.html}, {@code score.json} and {@code results.json}.
 */
final class GradeFolder {
  private final Lesson lesson;
  private final Path grades;
  private final PrintStream out;
  private final Sandbox sandbox;

  /**
   * @param grades the directory that the grades are put into
   */
  GradeFolder(Lesson lesson, Path grades, PrintStream out) throws InterruptedException {
    this.lesson = lesson;
    this.grades = grades;
    this.out = out;
    sandbox = Sandbox.best();
  }

  void grade(Path submissions) throws IOException, InterruptedException {
    out.println(sandbox.inWords());
    List<String> csv = new ArrayList<>();
    csv.add("student,points,rules,scenarios,simulation,exploration,hunt,note");
    Files.createDirectories(grades);
    for (Path submission : in(submissions)) {
      csv.add(gradeOne(submission));
      Files.write(grades.resolve("grades.csv"), csv);
    }
    out.println(grades.resolve("grades.csv").toAbsolutePath());
  }

  private static List<Path> in(Path submissions) throws IOException {
    try (Stream<Path> all = Files.list(submissions)) {
      return all.filter(path -> Files.isDirectory(path) || path.toString().endsWith(".zip"))
          .sorted()
          .toList();
    }
  }

  /** Its line. */
  private String gradeOne(Path submission) throws IOException, InterruptedException {
    String student = String.valueOf(submission.getFileName());
    Path work = Files.createTempDirectory("submission");
    try {
      Grader grader = new Grader(lesson, sandbox, Grader.Limits.usual());
      Score score = grader.grade(submission, work);
      Optional<Hunt.Bag> hunt = grader.hunt(work);
      List<String> text = new ArrayList<>(new ScoreText(score, true).lines());
      hunt.ifPresent(bag -> text.addAll(bag.lines()));
      ScoreFiles.write(grades.resolve(student), score, text);
      List<String> report = new ArrayList<>(List.of(sandbox.inWords()));
      report.addAll(text);
      Files.write(grades.resolve(student).resolve("report.txt"), report);
      out.println(text.get(0));
      return line(student, score, hunt);
    } catch (IOException e) {
      out.println(student + ": " + e.getMessage());
      return cell(student) + ",0,0,0,0,0,0," + cell("not graded: " + e.getMessage());
    } finally {
      delete(work);
    }
  }

  private static String line(String student, Score score, Optional<Hunt.Bag> hunt) {
    List<String> cells = new ArrayList<>(List.of(cell(student), "" + score.points()));
    for (Section section : Section.values()) {
      cells.add("" + score.points(section));
    }
    cells.add(hunt.map(bag -> "" + bag.points()).orElse("0"));
    cells.add(cell(note(score)));
    return String.join(",", cells);
  }

  /** Why nothing ran, if one reason is behind all. */
  private static String note(Score score) {
    return score.grades().values().stream()
        .filter(grade -> grade.state() == Grade.State.NOT_RUN)
        .map(Grade::why)
        .distinct()
        .collect(Collectors.joining("; "));
  }

  /** Quoted, and never a formula for a spreadsheet. */
  private static String cell(String text) {
    String safe = text.matches("(?s)[=+@-].*") ? "'" + text : text;
    return '"' + safe.replace("\"", "\"\"") + '"';
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
