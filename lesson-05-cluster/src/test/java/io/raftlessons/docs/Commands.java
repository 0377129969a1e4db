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

/**
 * Whether the Maven commands in pages name modules, profiles and tests that exist and a goal, and
 * whether the classes do that a page names in full.
 */
final class Commands {
  private static final Pattern MAVEN = Pattern.compile("(?:\\./mvnw|\\bmvn) [^`\n]*");
  private static final Pattern MODULES = Pattern.compile("\\s-pl[ =](\\S+)");
  private static final Pattern PROFILES = Pattern.compile("\\s-P(\\S+)");
  private static final Pattern TESTS = Pattern.compile("\\s-Dtest='?([^'\\s]+)");
  private static final Pattern OPTION = Pattern.compile("\\s-(?:pl|P|D)");
  private static final Pattern GOAL =
      Pattern.compile("\\s(?:test|package|verify|install|compile|exec:\\S+|\\S+:apply)(?=\\s|$)");
  private static final Pattern NAME = Pattern.compile("`io\\.raftlessons\\.([\\w.]+)`");
  private static final Pattern PROFILE =
      Pattern.compile("<profile>\\s*(?:<!--.*?-->\\s*)*<id>([\\w-]+)</id>", Pattern.DOTALL);

  /** A command in prose may be broken over two lines; one in a fence is not. */
  private static final Pattern IN_PROSE = Pattern.compile("(?<!`)`([^`]+)`(?!`)");

  private final Path root;
  private final Sources sources;
  private final Set<String> profiles = new TreeSet<>();

  Commands(Path root) throws IOException {
    this.root = root;
    sources = new Sources(root);
    Matcher profile = PROFILE.matcher(Files.readString(root.resolve("pom.xml")));
    while (profile.find()) {
      profiles.add(profile.group(1));
    }
  }

  /** What is wrong, a line each. */
  List<String> problems(List<Page> pages) {
    List<String> problems = new ArrayList<>();
    for (Page page : pages) {
      String text = String.join("\n", page.lines()).replace("\\\n", " ");
      Matcher command = MAVEN.matcher(proseInOneLine(text));
      while (command.find()) {
        checkCommand(page, command.group(), problems);
      }
      Matcher name = NAME.matcher(text);
      while (name.find()) {
        if (!sources.exists(name.group(1))) {
          problems.add(page.path() + ": no class or package " + name.group(1));
        }
      }
    }
    return problems;
  }

  private static String proseInOneLine(String text) {
    return IN_PROSE
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement("`" + m.group(1).replaceAll("\\s+", " ") + "`"));
  }

  private void checkCommand(Page page, String command, List<String> problems) {
    if (OPTION.matcher(command).find() && !GOAL.matcher(command).find()) {
      problems.add(page.path() + ": Maven wants a goal, such as test: " + command);
    }
    for (String module : values(MODULES, command)) {
      if (!Files.isRegularFile(root.resolve(module).resolve("pom.xml"))) {
        problems.add(page.path() + ": no module " + module + ": " + command);
      }
    }
    for (String profile : values(PROFILES, command)) {
      if (!profiles.contains(profile)) {
        problems.add(page.path() + ": no profile " + profile + ": " + command);
      }
    }
    for (String test : values(TESTS, command)) {
      if (!sources.isTest(test)) {
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
}
