package io.raftlessons.course.trace;

import io.raftlessons.course.Lesson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All scenarios that have a name, of all lessons: the scripts, and what scenarios.txt adds. */
public final class Scenarios {
  /**
   * Where a scenario is.
   *
   * @param name what its lesson calls it
   */
  public record Place(String lesson, String name) {}

  private Scenarios() {}

  /** By name. */
  public static Map<String, Place> all() throws IOException {
    Map<String, Place> all = new TreeMap<>();
    for (Lesson lesson : Lesson.all()) {
      Path scripts = lesson.directory().resolve("src/test/scripts");
      if (Files.isDirectory(scripts)) {
        try (Stream<Path> files = Files.list(scripts)) {
          files
              .map(file -> String.valueOf(file.getFileName()).replace(".script", ""))
              .forEach(name -> all.put(name, new Place(lesson.name(), name)));
        }
      }
    }
    for (String line : Resources.text("scenarios.txt").lines().toList()) {
      String[] words = line.split(" +");
      all.put(words[0], new Place(words[1], words[2]));
    }
    return all;
  }

  /**
   * Where the scenario of that name is.
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  static Place find(String name) throws IOException {
    Place place = all().get(name);
    if (place == null) {
      throw new IllegalArgumentException(
          "no scenario " + name + "; there are " + String.join(", ", all().keySet()));
    }
    return place;
  }
}
