package io.raftlessons.course;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A lesson's exercises: the lines {@code 1.3: title} of {@code src/exercise/exercises.txt}.
 *
 * @param titles by id
 */
public record Exercises(Map<String, String> titles) {
  private static final String LIST = "src/exercise/exercises.txt";
  private static final Pattern LINE = Pattern.compile("(\\d+\\.\\d+):\\s*([^|]*[^|\\s]).*");

  /** 1.10 comes after 1.9. */
  static final Comparator<String> ORDER =
      Comparator.comparingInt((String id) -> part(id, 0)).thenComparingInt(id -> part(id, 1));

  public Exercises {
    titles = Map.copyOf(titles);
  }

  private static int part(String id, int number) {
    return Integer.parseInt(id.split("\\.")[number]);
  }

  static Exercises of(Lesson lesson) {
    Map<String, String> titles = new TreeMap<>();
    Path list = lesson.directory().resolve(LIST);
    try {
      if (Files.exists(list)) {
        for (String line : Files.readAllLines(list)) {
          Matcher exercise = LINE.matcher(line);
          if (exercise.matches()) {
            titles.put(exercise.group(1), exercise.group(2));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Exercises(titles);
  }

  String title(String id) {
    return titles.getOrDefault(id, "");
  }
}
