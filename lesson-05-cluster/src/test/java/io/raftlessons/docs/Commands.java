package io.raftlessons.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether the Maven commands in pages name modules, profiles and tests that exist, and whether the
 * classes do that a page names in full.
 */
final class Commands {
  private static final Pattern MAVEN = Pattern.compile("(?:\\./mvnw|\\bmvn) [^`]*");
  private static final Pattern MODULES = Pattern.compile("\\s-pl[ =](\\S+)");
  private static final Pattern PROFILES = Pattern.compile("\\s-P(\\S+)");
  private static final Pattern TESTS = Pattern.compile("\\s-Dtest='?([^'\\s]+)");
  private static final Pattern NAME = Pattern.compile("`io\\.raftlessons\\.([\\w.]+)`");

  private final Path root;
  private final Set<String> profiles = new TreeSet<>();

  /** Java files and directories of sources, below {@code io/raftlessons}, without suffix. */
  private final Set<String> sources = new TreeSet<>();

  Commands(Path root) throws IOException {
    this.root = root;
    Matcher profile =
        Pattern.compile("<profile>\\s*(?:<!--.*?-->\\s*)*<id>([\\w-]+)</id>", Pattern.DOTALL)
            .matcher(Files.readString(root.resolve("pom.xml")));
    while (profile.find()) {
      profiles.add(profile.group(1));
    }
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.sorted().toList()) {
        for (String kind : List.of("src/main/java", "src/test/java", "src/exercise/java")) {
          readSources(module.resolve(kind).resolve("io/raftlessons"));
        }
      }
    }
    sources.addAll(List.of("wire", "replication/keyvalue/wire")); // generated
  }

  private void readSources(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        files.forEach(
            file ->
                sources.add(
                    directory
                        .relativize(file)
                        .toString()
                        .replace('\\', '/')
                        .replaceFirst("\\.java$", "")));
      }
    }
  }

  /** What is wrong, a line each. */
  List<String> problems(List<Page> pages) {
    List<String> problems = new ArrayList<>();
    for (Page page : pages) {
      String text = String.join("\n", page.lines()).replace("\\\n", " ");
      Matcher command = MAVEN.matcher(inOneLine(text));
      while (command.find()) {
        for (String line : command.group().lines().limit(1).toList()) {
          checkCommand(page, line, problems);
        }
      }
      Matcher name = NAME.matcher(text);
      while (name.find()) {
        if (!exists(name.group(1))) {
          problems.add(page.path() + ": no class or package " + name.group(1));
        }
      }
    }
    return problems;
  }

  /** A command in prose may be broken over two lines; one in a fence is not. */
  private static String inOneLine(String text) {
    return Pattern.compile("(?<!`)`([^`]+)`(?!`)")
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement("`" + m.group(1).replaceAll("\\s+", " ") + "`"));
  }

  private void checkCommand(Page page, String command, List<String> problems) {
    for (String module : values(MODULES, command)) {
      if (!module.contains("N") && !Files.isRegularFile(root.resolve(module).resolve("pom.xml"))) {
        problems.add(page.path() + ": no module " + module + ": " + command);
      }
    }
    for (String profile : values(PROFILES, command)) {
      if (!profiles.contains(profile)) {
        problems.add(page.path() + ": no profile " + profile + ": " + command);
      }
    }
    for (String test : values(TESTS, command)) {
      if (!isTest(test)) {
        problems.add(page.path() + ": no test " + test + ": " + command);
      }
    }
  }

  private static List<String> values(Pattern option, String command) {
    List<String> values = new ArrayList<>();
    Matcher matcher = option.matcher(command);
    while (matcher.find()) {
      values.addAll(List.of(matcher.group(1).split(",")));
    }
    return values;
  }

  private boolean isTest(String selector) {
    String type = selector.replaceAll("#.*", "").replace('.', '/');
    String glob = Pattern.quote(type).replace("*", "\\E[^/]*\\Q");
    Pattern pattern = Pattern.compile("(.*/)?" + glob);
    int hash = selector.indexOf('#');
    return sources.stream()
        .filter(source -> pattern.matcher(source).matches())
        .anyMatch(source -> hash < 0 || hasMethod(source, selector.substring(hash + 1)));
  }

  /** In the file, or in the suite that it extends. */
  private boolean hasMethod(String source, String method) {
    try {
      JavaSource java = JavaSource.of(CodeSnippet.find(root, source + ".java"));
      if (java.has(method)) {
        return true;
      }
      Matcher parent =
          Pattern.compile("class \\w+ extends (\\w+)").matcher(String.join("\n", java.lines()));
      if (!parent.find()) {
        return false;
      }
      String suffix = "/" + parent.group(1);
      return sources.stream().anyMatch(s -> s.endsWith(suffix) && hasMethod(s, method));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** A package, a class, or a member of one. */
  private boolean exists(String name) {
    String path = name.replace('.', '/');
    String type = path.replaceFirst("((?:^|/)[A-Z]\\w*).*", "$1");
    return sources.contains(type) || path.startsWith("wire/");
  }
}
