package io.raftlessons.guards;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the repository and its compiled lessons are. */
final class Repository {
  /** {@code …/lesson-01-election/target/classes}, or the jar of the lesson in its place. */
  private static final Pattern PRODUCT =
      Pattern.compile(
          ".*/lesson-\\d\\d-[a-z]+/target/(classes/?|lesson-\\d\\d-[a-z]+(-[^/]*)?(?<!-tests)\\.jar)");

  private static final Pattern LESSON = Pattern.compile("/(lesson-\\d\\d-[a-z]+)/target/");

  private Repository() {}

  /** The directory that holds the lessons. */
  static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("mvnw"))) {
      Path parent = directory.getParent();
      if (parent == null) {
        throw new IllegalStateException("no mvnw above " + Path.of("").toAbsolutePath());
      }
      directory = parent;
    }
    return directory;
  }

  /**
   * The compiled main classes of all lessons on the class path, and nothing else. Within one Maven
   * run the lessons are directories before the package phase and jars after it.
   */
  static JavaClasses productClasses() {
    List<Location> locations = new ArrayList<>();
    for (Path path : productLocations()) {
      String uri = path.toUri().toString();
      locations.add(Location.of(URI.create(uri.endsWith(".jar") ? "jar:" + uri + "!/" : uri)));
    }
    return new ClassFileImporter().importLocations(locations);
  }

  static List<Path> productLocations() {
    List<Path> locations = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (PRODUCT.matcher(entry.replace('\\', '/')).matches()) {
        locations.add(Path.of(entry));
      }
    }
    return locations;
  }

  /** The lesson a class was compiled in: {@code lesson-01-election}. */
  static String lessonOf(JavaClass type) {
    return lessonOf(type.getSource().orElseThrow().getUri().toString());
  }

  static String lessonOf(String location) {
    Matcher matcher = LESSON.matcher(location);
    String lesson = "";
    while (matcher.find()) {
      lesson = matcher.group(1);
    }
    if (lesson.isEmpty()) {
      throw new IllegalArgumentException("not in a lesson: " + location);
    }
    return lesson;
  }
}
