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
 * What a lesson's exercises are called: the lines {@code id: 1.3} and {@code title: ...} of {@code
 * src/exercise/exercises.txt}.
 *
 * @param titles by id
 */
public record Exercises(Map<String, String> titles) {
  private static final String LIST = "src/exercise/exercises.txt";
  private static final Pattern LINE = Pattern.compile("(id|title): *(.+)");

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
        String id = "";
        for (String line : Files.readAllLines(list)) {
          Matcher field = LINE.matcher(line);
          if (field.matches() && field.group(1).equals("id")) {
            id = field.group(2);
          } else if (field.matches()) {
            titles.putIfAbsent(id, field.group(2));
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

  /** Whether there is such an exercise; of a lesson without a list any may be. */
  boolean knows(String id) {
    return titles.isEmpty() || titles.containsKey(id);
  }
}
