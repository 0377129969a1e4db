package io.raftlessons.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which Java sources, tests and packages there are, by their names below {@code io.raftlessons}.
 */
final class Sources {
  private static final Pattern HEAD = Pattern.compile("\n[a-z ]*(?:class|interface) (\\w+[^{]*)");
  private static final Pattern TYPE = Pattern.compile("\\b[A-Z]\\w+");

  private final Path root;

  /** Files without suffix, and directories: {@code core/RaftCore}, {@code core}. */
  private final Set<String> names = new TreeSet<>();

  Sources(Path root) throws IOException {
    this.root = root;
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.sorted().toList()) {
        for (String kind : List.of("src/main/java", "src/test/java", "src/exercise/java")) {
          read(module.resolve(kind).resolve("io/raftlessons"));
        }
      }
    }
    names.addAll(List.of("wire", "replication/keyvalue/wire")); // generated
  }

  private void read(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        files.forEach(file -> names.add(name(directory.relativize(file))));
      }
    }
  }

  private static String name(Path path) {
    return path.toString().replace('\\', '/').replaceFirst("\\.java$", "");
  }

  /**
   * The file of a class.
   *
   * @param name {@code core/RaftCore}
   * @throws DocsException if there is none
   */
  Path file(String name) {
    try {
      return CodeSnippet.find(root, name + ".java");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A package, a class, or a member of one: {@code core.TermRule.Verdict}. */
  boolean exists(String name) {
    String path = name.replace('.', '/');
    String type = path.replaceFirst("((?:^|/)[A-Z]\\w*).*", "$1");
    return names.contains(type) || path.startsWith("wire/");
  }

  /** Whether tests are named so: {@code Some*Test}, {@code ATest#method}, {@code core.ATest#m}. */
  boolean isTest(String selector) {
    int hash = selector.indexOf('#');
    String type = (hash < 0 ? selector : selector.substring(0, hash)).replace('.', '/');
    return named(type).anyMatch(n -> hash < 0 || hasTest(n, selector.substring(hash + 1)));
  }

  private Stream<String> named(String type) {
    if (names.contains(type)) {
      return Stream.of(type);
    }
    Pattern pattern = Pattern.compile("(.*/)?" + Pattern.quote(type).replace("*", "\\E[^/]*\\Q"));
    return names.stream().filter(name -> pattern.matcher(name).matches());
  }

  /** In the file, or in a suite that it takes its tests from. */
  private boolean hasTest(String name, String method) {
    String text;
    try {
      text = Files.readString(file(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (text.contains("void " + method + "(")) {
      return true;
    }
    Matcher head = HEAD.matcher(text);
    if (!head.find()) {
      return false;
    }
    Matcher parent = TYPE.matcher(head.group(1));
    while (parent.find()) {
      if (!name.endsWith("/" + parent.group())
          && named(parent.group()).anyMatch(n -> hasTest(n, method))) {
        return true;
      }
    }
    return false;
  }

  JavaSource source(String name) {
    try {
      return JavaSource.of(file(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
