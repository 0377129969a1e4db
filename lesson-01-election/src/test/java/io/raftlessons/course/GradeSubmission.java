package io.raftlessons.course;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Grades one submission in the directory of a lesson, as Gradescope does. */
public final class GradeSubmission {
  private GradeSubmission() {}

  /**
   * @param args the submission, and the file that the results are written to
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Sandbox sandbox = Sandbox.best();
    Path work = Files.createTempDirectory("submission");
    Grader grader = new Grader(Lesson.current(), sandbox, Grader.Limits.usual());
    Score score = grader.grade(Path.of(args[0]), work);
    List<String> text = new ArrayList<>(List.of(sandbox.inWords()));
    text.addAll(new ScoreText(score, true).lines());
    Map<String, Object> results = ScoreFiles.gradescope(score, text);
    grader
        .hunt(work)
        .ifPresent(
            bag -> {
              results.put("score", score.points() + bag.points());
              results.put(
                  "output", String.join("\n", text) + "\n" + String.join("\n", bag.lines()));
            });
    Files.writeString(Path.of(args[1]), Json.of(results) + "\n");
  }
}
