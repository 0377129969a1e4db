package io.raftlessons.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether the messages that a page quotes are in the sources. They are in fences of the language
 * {@code message}; what differs from case to case is written {@code …}.
 */
final class Messages {
  /** Two literals that the compiler makes one of. */
  private static final Pattern JOINT = Pattern.compile("\"\\s*\\+\\s*\"");

  /** What is put between two literals, or into one, at run time. */
  private static final Pattern VARIES =
      Pattern.compile("\"\\s*\\+[^\";]*\\+\\s*\"|%[-\\d,.]*[a-zA-Z]|\\{}|\\$\\{?\\w+}?");

  private final String said;

  Messages(Path root) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String script : List.of("lesson-05-cluster/cluster", "mvnw")) {
      text.append(Files.readString(root.resolve(script)));
    }
    try (Stream<Path> lessons = Files.list(root)) {
      for (Path lesson : lessons.sorted().toList()) {
        Path sources = lesson.resolve("src/main/java");
        if (Files.isDirectory(sources)) {
          try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
              text.append(Files.readString(file));
            }
          }
        }
      }
    }
    said = plain(text.toString());
  }

  private static String plain(String source) {
    String joined = JOINT.matcher(source).replaceAll("");
    return VARIES.matcher(joined).replaceAll("…").replace("\\\"", "\"");
  }

  /** What is wrong, a line each. */
  List<String> problems(List<Page> pages) {
    List<String> problems = new ArrayList<>();
    for (Page page : pages) {
      boolean quoted = false;
      for (int i = 0; i < page.lines().size(); i++) {
        String line = page.lines().get(i).strip();
        if (!Page.fenceOf(line).isEmpty()) {
          quoted = line.endsWith("message");
        } else if (quoted && !isSaid(line)) {
          problems.add(page.at(new Page.Line(i + 1, line)) + ": nobody says: " + line);
        }
      }
    }
    return problems;
  }

  /** The fixed parts are in the sources, those of a message in their order and near each other. */
  private boolean isSaid(String message) {
    StringBuilder pattern = new StringBuilder();
    for (String part : message.split("\\s*…\\s*")) {
      if (!part.isBlank()) {
        pattern.append(pattern.length() == 0 ? "" : "[^;{}]{0,200}?").append(Pattern.quote(part));
      }
    }
    return pattern.length() > 0 && Pattern.compile(pattern.toString()).matcher(said).find();
  }
}
