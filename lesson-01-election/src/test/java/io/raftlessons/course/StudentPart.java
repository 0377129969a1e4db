package io.raftlessons.course;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A class that a student writes: {@code MyElection} where the reference has {@code
 * ReferenceElection}, {@code MyStaging} where it has {@code Staging}; in the same package. The
 * reference classes with exercises in them say which there are.
 *
 * @param lesson whose exercises are in it
 * @param type its name, as {@code io.raftlessons.election.MyElection}
 * @param reference the source file of the reference's class
 */
record StudentPart(Lesson lesson, String type, Path reference) {
  private static final String MINE = "My";
  private static final String SOURCES = "src/main/java";

  /** Those of a lesson. */
  static List<StudentPart> of(Lesson lesson) throws IOException {
    Path sources = lesson.directory().resolve(SOURCES);
    List<StudentPart> parts = new ArrayList<>();
    if (!Files.isDirectory(sources)) {
      return parts;
    }
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        if (!new Marks(file.toString(), Files.readString(file)).holes().isEmpty()) {
          String below = sources.relativize(file.getParent()).toString();
          parts.add(
              new StudentPart(
                  lesson,
                  below.replaceAll("[/\\\\]", ".") + "." + nameFor(simpleName(file)),
                  file));
        }
      }
    }
    return parts;
  }

  private static String simpleName(Path file) {
    return String.valueOf(file.getFileName()).replace(".java", "");
  }

  private static String nameFor(String reference) {
    return MINE + reference.replaceFirst("^Reference", "");
  }

  /** As {@code MyElection}. */
  String name() {
    return type.substring(type.lastIndexOf('.') + 1);
  }

  /** The reference's class. */
  String solution() {
    return type.substring(0, type.lastIndexOf('.') + 1) + simpleName(reference);
  }

  /** Below a source root. */
  String file() {
    return type.replace('.', '/') + ".java";
  }

  /** Where it is if nobody says otherwise. */
  Path starterFile() {
    return lesson.directory().resolve("src/exercise/java").resolve(file());
  }

  /** The reference, with the student's names for the lesson's classes. */
  Marks asStudents() throws IOException {
    Map<String, String> names = new TreeMap<>();
    for (StudentPart part : of(lesson)) {
      names.put(simpleName(part.reference), part.name());
    }
    Pattern any = Pattern.compile("\\b(" + String.join("|", names.keySet()) + ")\\b");
    String text = any.matcher(Files.readString(reference)).replaceAll(m -> names.get(m.group()));
    return new Marks(reference.toString(), text);
  }
}
