package io.raftlessons.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code <!-- code FILE#MEMBER from="text" to="text" skip="text" until="text" mark="text" max="15"
 * -->}: lines of a file of the repository.
 *
 * <p>{@code FILE} is a path from the root, or one below some lesson's {@code io/raftlessons}.
 * {@code from} begins with the first line of the member that has this text, {@code to} ends with
 * the next line that has that one. A member {@code 1.3} is what the exercise leaves out, {@code
 * 1.3/2} its second place. The lines from the one with {@code skip} up to the one with {@code
 * until}, which stays, become an ellipsis. Lines with {@code mark} are marked as new; texts are
 * parted by {@code |}.
 */
final class CodeSnippet {
  private static final int MAX_LINES = 15;
  private static final List<String> ROOTS =
      List.of("src/main/java/io/raftlessons", "src/test/java/io/raftlessons");

  private static final Pattern EXERCISE = Pattern.compile("(\\d\\.\\d+)(?:/(\\d+))?");

  private final Path root;

  CodeSnippet(Path root) {
    this.root = root;
  }

  /** The fence and what is in it. */
  List<String> generate(Directive directive) throws IOException {
    String name = directive.word(0, "FILE");
    String file = name.replaceAll("#.*", "");
    Path path = find(root, file);
    List<String> lines = new ArrayList<>(lines(path, name));
    cut(lines, directive);
    lines.removeIf(Holes::isMark);
    String text = String.join("\n", lines).stripIndent();
    lines = new ArrayList<>(text.lines().toList());
    mark(lines, directive.values().getOrDefault("mark", ""));
    int max = directive.number("max", MAX_LINES);
    if (lines.size() > max) {
      throw new DocsException(
          name + " is " + lines.size() + " lines long: cut it with from and to, or say max");
    }
    String shown = root.relativize(path).toString().replace('\\', '/');
    List<String> block = new ArrayList<>();
    block.add("```" + language(file));
    block.add((file.endsWith(".java") || file.endsWith(".proto") ? "// " : "# ") + shorten(shown));
    block.addAll(lines);
    block.add("```");
    return block;
  }

  /** A path from the root, or below a lesson's packages. */
  static Path find(Path root, String file) throws IOException {
    Path direct = root.resolve(file);
    if (Files.isRegularFile(direct)) {
      return direct;
    }
    try (Stream<Path> lessons = Files.list(root)) {
      return lessons
          .filter(lesson -> lesson.getFileName().toString().startsWith("lesson-"))
          .sorted()
          .flatMap(lesson -> ROOTS.stream().map(lesson::resolve))
          .map(sources -> sources.resolve(file))
          .filter(Files::isRegularFile)
          .findFirst()
          .orElseThrow(() -> new DocsException("no such file: " + file));
    }
  }

  private static List<String> lines(Path path, String name) throws IOException {
    int hash = name.indexOf('#');
    if (hash < 0) {
      return Files.readAllLines(path);
    }
    Matcher exercise = EXERCISE.matcher(name.substring(hash + 1));
    if (exercise.matches()) {
      List<List<String>> places = Holes.places(Files.readAllLines(path), exercise.group(1));
      int number = exercise.group(2) == null ? 1 : Integer.parseInt(exercise.group(2));
      if (number > places.size()) {
        throw new DocsException(name + ": the exercise has " + places.size() + " places");
      }
      return places.get(number - 1);
    }
    try {
      JavaSource source = JavaSource.of(path);
      JavaSource.Lines member = source.member(name.substring(hash + 1));
      return source.lines().subList(member.first() - 1, member.last());
    } catch (DocsException e) {
      throw new DocsException(name + ": " + e.getMessage());
    }
  }

  private static void cut(List<String> lines, Directive directive) {
    String from = directive.values().get("from");
    if (from != null) {
      lines.subList(0, lineWith(lines, from, 0)).clear();
    }
    String to = directive.values().get("to");
    if (to != null) {
      lines.subList(lineWith(lines, to, from == null ? 0 : 1) + 1, lines.size()).clear();
    }
    String skip = directive.values().get("skip");
    if (skip != null) {
      int first = lineWith(lines, skip, 0);
      String until = directive.values().get("until");
      int end = until == null ? lines.size() - 1 : lineWith(lines, until, first + 1);
      String indent = lines.get(first).replaceAll("\\S.*", "");
      lines.subList(first, end).clear();
      lines.add(first, indent + "// ...");
    }
  }

  private static int lineWith(List<String> lines, String text, int start) {
    for (int i = start; i < lines.size(); i++) {
      if (lines.get(i).contains(text)) {
        return i;
      }
    }
    throw new DocsException("no line with \"" + text + "\"");
  }

  private static void mark(List<String> lines, String texts) {
    for (String text : texts.isEmpty() ? List.<String>of() : List.of(texts.split("\\|"))) {
      int at = lineWith(lines, text.strip(), 0);
      lines.set(at, lines.get(at) + "  // new");
    }
  }

  private static String language(String file) {
    String suffix = file.substring(file.lastIndexOf('.') + 1);
    return switch (suffix) {
      case "java" -> "java";
      case "proto" -> "protobuf";
      case "xml" -> "xml";
      default -> "text";
    };
  }

  private static String shorten(String path) {
    return path.replaceFirst("lesson-\\d\\d-\\w+/src/\\w+/java/io/raftlessons/", "");
  }
}
