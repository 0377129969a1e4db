package io.raftlessons.course;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Makes Gradescope's zip of a lesson: {@code setup.sh}, {@code run_autograder}, and all that
 * grades, compiled, so that neither Maven nor a network is needed there.
 */
final class Gradescope {
  private static final String SETUP =
      """
      #!/usr/bin/env bash
      set -euo pipefail
      apt-get update
      apt-get install -y openjdk-17-jdk-headless util-linux
      """;

  private static final String RUN =
      """
      #!/usr/bin/env bash
      # AUTOGRADER is for trying it elsewhere.
      set -euo pipefail
      base=${AUTOGRADER:-/autograder}
      course=$base/source/course
      cd "$course/%s"
      path=$(sed "s|^|$course/|" "$course/class-path" | paste -sd:)
      mkdir -p "$base/results"
      exec java -Xmx512m -cp "$path" io.raftlessons.course.GradeSubmission \\
        "$base/submission" "$base/results/results.json"
      """;

  /** What a lesson's tests and a student's classes are made from. */
  private static final List<String> SOURCES =
      List.of(
          "src/main/java",
          "src/exercise",
          "src/test/scripts",
          "src/test/bugs",
          "target/classes",
          "target/test-classes");

  private final Lesson lesson;
  private final Path root;

  Gradescope(Lesson lesson) {
    this.lesson = lesson;
    root = lesson.directory().resolveSibling("").toAbsolutePath();
  }

  void write(Path zip) throws IOException {
    try (OutputStream file = Files.newOutputStream(zip);
        ZipOutputStream out = new ZipOutputStream(file)) {
      put(out, "setup.sh", SETUP.getBytes(StandardCharsets.UTF_8));
      put(
          out,
          "run_autograder",
          String.format(RUN, lesson.name()).getBytes(StandardCharsets.UTF_8));
      put(out, "course/mvnw", new byte[0]); // says where the lessons are
      for (Lesson each : Lesson.in(root)) {
        if (each.name().compareTo(lesson.name()) <= 0) {
          for (String directory : SOURCES) {
            putAll(out, each.directory().resolve(directory));
          }
        }
      }
      put(out, "course/class-path", classPath(out).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Puts the libraries in, and lists all, a line each, below {@code course}. */
  private String classPath(ZipOutputStream out) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
      Path path = Path.of(entry).toAbsolutePath();
      if (Files.isDirectory(path) && path.startsWith(root)) {
        entries.add(slashes(root.relativize(path)));
      } else if (Files.isRegularFile(path)) {
        String library = "lib/" + path.getFileName();
        put(out, "course/" + library, Files.readAllBytes(path));
        entries.add(library);
      }
    }
    return String.join("\n", entries) + "\n";
  }

  private void putAll(ZipOutputStream out, Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          put(out, "course/" + slashes(root.relativize(file)), Files.readAllBytes(file));
        }
      }
    }
  }

  private static String slashes(Path path) {
    return path.toString().replace('\\', '/');
  }

  private static void put(ZipOutputStream out, String name, byte[] bytes) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(bytes);
    out.closeEntry();
  }
}
