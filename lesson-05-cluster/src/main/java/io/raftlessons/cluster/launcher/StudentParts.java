package io.raftlessons.cluster.launcher;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The parts of Raft that are a student's: those of some lessons, from the exercises of the
 * repository that this program was built in. All others are the reference's.
 *
 * @param lessons their numbers, in order
 * @param classes where they are compiled to; a node needs it on its class path
 */
record StudentParts(List<Integer> lessons, Optional<Path> classes) {
  /** All parts are the reference's. */
  static final StudentParts NONE = new StudentParts(List.of(), Optional.empty());

  /** What {@code --mine} means if no lesson is named: all that are finished. */
  static final String FINISHED = "";

  private static final Pattern LESSON = Pattern.compile("lesson-0([1-4])-.*");
  private static final Pattern OPEN = Pattern.compile("Todo\\.here\\(\"([^\"]+)\"\\)");

  StudentParts {
    lessons = List.copyOf(lessons);
  }

  /**
   * Compiles them.
   *
   * @param wanted numbers of lessons with commas between, or {@link #FINISHED}
   * @param into a directory that is emptied first
   * @throws CommandException if exercises of a wanted lesson are not started, or do not compile
   */
  static StudentParts compile(Path repository, String wanted, Path into) {
    try {
      SortedMap<Integer, List<Path>> files = files(repository);
      List<Integer> lessons = wanted.isEmpty() ? finished(files) : named(wanted, files);
      List<Path> sources = new ArrayList<>();
      lessons.forEach(lesson -> sources.addAll(files.getOrDefault(lesson, List.of())));
      ClusterDirectory.deleteTree(into);
      Files.createDirectories(into);
      compile(sources, into, repository.resolve("lesson-01-election/target/test-classes"));
      return new StudentParts(lessons, Optional.of(into));
    } catch (IOException e) {
      throw new CommandException("cannot compile the exercises: " + e, e);
    }
  }

  /** The repository that holds the classes of this program. */
  static Path repository() {
    try {
      Path here =
          Path.of(StudentParts.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (Path directory = here; directory != null; directory = directory.getParent()) {
        if (Files.exists(directory.resolve("mvnw"))) {
          return directory;
        }
      }
      throw new CommandException("--mine needs the repository with the exercises around " + here);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SortedMap<Integer, List<Path>> files(Path repository) throws IOException {
    SortedMap<Integer, List<Path>> files = new TreeMap<>();
    try (Stream<Path> directories = Files.list(repository)) {
      for (Path directory : directories.toList()) {
        Matcher lesson = LESSON.matcher(String.valueOf(directory.getFileName()));
        Path exercises = directory.resolve("src/exercise/java");
        if (lesson.matches() && Files.isDirectory(exercises)) {
          try (Stream<Path> all = Files.walk(exercises)) {
            List<Path> sources = all.filter(StudentParts::isPart).sorted().toList();
            files.put(Integer.parseInt(lesson.group(1)), sources);
          }
        }
      }
    }
    return files;
  }

  /** Tests for the bug hunt may lie beside the parts. */
  private static boolean isPart(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".java") && !name.endsWith("Test.java");
  }

  private static List<Integer> finished(Map<Integer, List<Path>> files) throws IOException {
    List<Integer> finished = new ArrayList<>();
    for (Map.Entry<Integer, List<Path>> lesson : files.entrySet()) {
      if (open(lesson.getValue()).isEmpty()) {
        finished.add(lesson.getKey());
      }
    }
    if (finished.isEmpty()) {
      throw new CommandException(
          "no lesson is finished, so there is nothing of yours to run; name one to see what it lacks:"
              + " --mine=1");
    }
    return finished;
  }

  private static List<Integer> named(String wanted, Map<Integer, List<Path>> files)
      throws IOException {
    List<Integer> lessons = new ArrayList<>();
    for (String number : new TreeSet<>(List.of(wanted.split(",")))) {
      List<Path> sources = number.matches("[1-9]") ? files.get(Integer.valueOf(number)) : null;
      if (sources == null) {
        throw new CommandException(
            "--mine=" + wanted + ": there are exercises of lessons " + files.keySet());
      }
      SortedSet<String> open = open(sources);
      if (!open.isEmpty()) {
        throw new CommandException(
            "--mine=%s: not started: exercises %s".formatted(wanted, String.join(", ", open)));
      }
      lessons.add(Integer.valueOf(number));
    }
    return lessons;
  }

  private static SortedSet<String> open(List<Path> sources) throws IOException {
    SortedSet<String> open = new TreeSet<>();
    for (Path source : sources) {
      for (String line : Files.readAllLines(source)) {
        Matcher todo = OPEN.matcher(line);
        if (!line.strip().startsWith("//") && todo.find()) {
          open.add(todo.group(1));
        }
      }
    }
    return open;
  }

  /**
   * @param course has the class that a finished exercise may still import
   */
  private static void compile(List<Path> sources, Path into, Path course) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new CommandException("--mine needs a JDK: this Java has no compiler");
    }
    DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
    String classPath = System.getProperty("java.class.path") + File.pathSeparator + course;
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(messages, null, StandardCharsets.UTF_8)) {
      boolean compiled =
          compiler
              .getTask(
                  null,
                  files,
                  messages,
                  List.of("-d", into.toString(), "-cp", classPath, "-proc:none", "-nowarn", "-g"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!compiled) {
        throw new CommandException("your exercises do not compile:\n" + errors(messages));
      }
    }
  }

  private static String errors(DiagnosticCollector<JavaFileObject> messages) {
    return messages.getDiagnostics().stream()
        .filter(message -> message.getKind() == Diagnostic.Kind.ERROR)
        .map(message -> message.toString().strip())
        .collect(Collectors.joining("\n"));
  }

  /** As {@code 1,2}: for another command line. */
  String numbers() {
    return lessons.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** For people; "" if all parts are the reference's. */
  String describe() {
    String which = (lessons.size() == 1 ? "lesson " : "lessons ") + numbers().replace(",", ", ");
    return lessons.isEmpty() ? "" : "the parts of " + which + " are yours";
  }
}
