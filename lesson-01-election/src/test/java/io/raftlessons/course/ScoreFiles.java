package io.raftlessons.course;

import io.raftlessons.course.Score.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A score as files: {@code score.txt}, {@code score.json}, Gradescope's {@code results.json},
 * {@code score.html}.
 */
final class ScoreFiles {
  private ScoreFiles() {}

  static final String TEXT = "score.txt";

  /**
   * @param text the score as it is on the console
   */
  static void write(Path directory, Score score, List<String> text) throws IOException {
    Files.createDirectories(directory);
    writeText(directory, text);
    Files.writeString(directory.resolve("score.json"), Json.of(internal(score)) + "\n");
    Files.writeString(directory.resolve("results.json"), Json.of(gradescope(score, text)) + "\n");
    Files.writeString(directory.resolve("score.html"), new ScorePage(score).html());
  }

  /** What the console is told of a run that is no score: the files of the last one stay. */
  static void writeText(Path directory, List<String> text) throws IOException {
    Files.write(directory.resolve(TEXT), text);
  }

  private static Map<String, Object> internal(Score score) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("lesson", score.lesson().name());
    json.put("of", score.whose());
    json.put("points", score.points());
    json.put("max", score.max());
    json.put("complete", score.complete());
    Map<String, Object> sections = new LinkedHashMap<>();
    for (Section section : Section.values()) {
      sections.put(section.inWords(), score.points(section));
    }
    json.put("sections", sections);
    List<Object> tests = new ArrayList<>();
    for (Line line : score.lines()) {
      Map<String, Object> test = new LinkedHashMap<>();
      test.put("test", line.test().id());
      test.put("exercises", line.test().exercises());
      test.put("section", line.test().section().inWords());
      test.put("rules", line.test().rules());
      test.put("bugs", line.test().bugs());
      test.put("points", line.points());
      test.put("max", line.test().points());
      test.put("state", line.grade().stateInWords());
      test.put("clean", line.grade().clean());
      test.put("total", line.grade().total());
      test.put("millis", line.grade().millis());
      test.put("why", line.grade().why());
      test.put("trace", line.grade().trace());
      tests.add(test);
    }
    json.put("tests", tests);
    return json;
  }

  /** As https://gradescope-autograders.readthedocs.io/en/latest/specs/ says. */
  static Map<String, Object> gradescope(Score score, List<String> text) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("score", score.points());
    json.put("execution_time", (score.millis() + 999) / 1000);
    json.put("output", String.join("\n", text));
    List<Object> tests = new ArrayList<>();
    for (Line line : score.lines()) {
      Map<String, Object> test = new LinkedHashMap<>();
      test.put("name", line.test().exercise() + " " + line.test().id());
      test.put("score", line.points());
      test.put("max_score", line.test().points());
      test.put("output", output(line));
      test.put("visibility", "visible");
      tests.add(test);
    }
    json.put("tests", tests);
    return json;
  }

  private static String output(Line line) {
    return switch (line.grade().state()) {
      case PASSED -> "";
      case FAILED -> line.why();
      case NOT_STARTED -> "exercise " + line.grade().why() + " is not started";
      case NOT_RUN -> line.grade().why();
    };
  }
}
