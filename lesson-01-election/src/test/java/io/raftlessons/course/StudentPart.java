package io.raftlessons.course;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A class that a student writes: {@code MyElection} where the reference has {@code
 * ReferenceElection}, in the same package.
 *
 * @param lesson whose exercises are in it
 * @param type its name, as {@code io.raftlessons.election.MyElection}
 */
record StudentPart(Lesson lesson, String type) {
  private static final String MINE = "My";
  private static final String REFERENCE = "Reference";

  /** Those of a lesson: the reference classes with exercises in them say which there are. */
  static List<StudentPart> of(Lesson lesson) throws IOException {
    Path sources = lesson.directory().resolve("src/main/java");
    List<StudentPart> parts = new ArrayList<>();
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.sorted().toList()) {
        if (String.valueOf(file.getFileName()).startsWith(REFERENCE)
            && !new Marks(file.toString(), Files.readString(file)).holes().isEmpty()) {
          String name = sources.relativize(file).toString().replace(".java", "");
          parts.add(
              new StudentPart(
                  lesson, name.replaceAll("[/\\\\]", ".").replace("." + REFERENCE, "." + MINE)));
        }
      }
    }
    return parts;
  }

  /**
   * The one that takes the place of a part.
   *
   * @param part the interface, as {@code io.raftlessons.election.Election}
   */
  static Optional<StudentPart> of(Class<?> part) {
    String type = part.getPackageName() + "." + MINE + part.getSimpleName();
    try {
      for (Lesson lesson : Lesson.all()) {
        StudentPart candidate = new StudentPart(lesson, type);
        if (Files.exists(candidate.referenceFile())) {
          return Optional.of(candidate);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Optional.empty();
  }

  /** As {@code MyElection}. */
  String name() {
    return type.substring(type.lastIndexOf('.') + 1);
  }

  /** As {@code ReferenceElection}. */
  String referenceName() {
    return name().replace(MINE, REFERENCE);
  }

  /** Below a source root. */
  String file() {
    return type.replace('.', '/') + ".java";
  }

  Path referenceFile() {
    return lesson
        .directory()
        .resolve("src/main/java")
        .resolve(file())
        .resolveSibling(referenceName() + ".java");
  }

  /** The reference, with the student's name for the class. */
  Marks reference() throws IOException {
    String text = Files.readString(referenceFile());
    return new Marks(referenceFile().toString(), text.replace(referenceName(), name()));
  }

  /** Where it is if nobody says otherwise. */
  Path starterFile() {
    return lesson.directory().resolve("src/exercise/java").resolve(file());
  }
}
