package io.raftlessons.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.course.Lesson;
import io.raftlessons.course.RuleBook;
import io.raftlessons.script.ScriptSuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/figure2.md}: the rule book, from the paper to the code, its tests and its bugs. */
class Figure2PageTest {
  private static final String INTRODUCTION =
      """
      # From the paper to the code

      Every line of the paper's Figure 2 and Figure 13 and of the thesis about members, in our words, and
      below them what no figure says and every implementation has had to find out. Each rule has an id, which
      scores and traces name, the place in the code that keeps it, tests that watch it, and bugs that break
      it: `./mvnw -q -Pzoo -Dzoo.bug=E01 test` puts one into the code and shows that the tests see it.

      Sections are those of the extended version of the paper, unless the thesis is named; "class" is said
      of what follows from no text but from having been got wrong.

      This page is generated from `rules.txt` in lesson 1's tests (`io.raftlessons.course.RuleBook`).
      `./mvnw -q -pl lesson-05-cluster -am test -Dtest=Figure2PageTest
      -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.update=true` writes it.
      """;

  private static final Pattern RULES = annotation("Rule");
  private static final Pattern BUGS = annotation("Bugs");

  private final RuleBook book = RuleBook.read();

  @Test
  void thePageIsWhatTheRuleBookSays() throws IOException {
    Path page = ScriptSuite.root().resolve("docs/figure2.md");
    String fresh = markdown();
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(page, fresh);
    }
    assertThat(page).hasContent(fresh);
  }

  /** A bug that breaks no rule breaks nothing, or the rule is missing. */
  @Test
  void everyBugBreaksARule() throws IOException {
    assertThat(new RuleTable(ScriptSuite.root()).bugsWithoutRule(book)).isEmpty();
  }

  @Test
  void everyGradedTestNamesRulesThatItsBugsBreak() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Lesson lesson : Lesson.all()) {
      try (Stream<Path> files = Files.walk(lesson.directory().resolve("src/test/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
          problems.addAll(problems(String.valueOf(file.getFileName()), Files.readString(file)));
        }
      }
    }
    assertThat(problems).isEmpty();
  }

  @Test
  void everyExerciseNamesRulesThatThereAre() throws IOException {
    List<String> unknown = new ArrayList<>();
    for (Lesson lesson : Lesson.all()) {
      Path file = lesson.directory().resolve("src/exercise/exercises.txt");
      for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
        if (line.startsWith("rules: ")) {
          Stream.of(line.substring(7).split("\\s*,\\s*"))
              .filter(id -> book.find(id).isEmpty())
              .forEach(id -> unknown.add(lesson.name() + ": " + id));
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void aGradedTestThatNamesAnotherRuleIsSeen() {
    String at = "@"; // or this file would have graded tests
    String tests =
        String.join(
            "\n",
            at + "Rule(\"RV-2\")",
            at + "Bugs({\"R07\", \"E10\"})",
            "void right() {}",
            "",
            at + "Rule({\"AE-1\",",
            "  \"AE-2\"})",
            at + "Bugs(\"R07\")",
            "void wrong() {}",
            "",
            at + "Rule(value = \"X-1\")",
            "void unknown() {}");
    assertThat(problems("A.java", tests))
        .containsExactly(
            "A.java: none of [AE-1, AE-2] is broken by [R07]", "A.java: there is no rule X-1");
  }

  /** Annotations of one test are not parted by an empty line. */
  private List<String> problems(String file, String source) {
    List<String> problems = new ArrayList<>();
    for (String paragraph : source.split("\n\\s*\n")) {
      List<String> rules = values(RULES, paragraph);
      List<String> bugs = values(BUGS, paragraph);
      List<String> broken = new ArrayList<>();
      for (String id : rules) {
        book.find(id)
            .ifPresentOrElse(
                rule -> broken.addAll(rule.bugs()),
                () -> problems.add(file + ": there is no rule " + id));
      }
      bugs.removeIf(bug -> bug.startsWith("T-")); // cells of the term rule break many
      if (!broken.isEmpty() && !bugs.isEmpty() && bugs.stream().noneMatch(broken::contains)) {
        problems.add(file + ": none of " + rules + " is broken by " + bugs);
      }
    }
    return problems;
  }

  private static Pattern annotation(String name) {
    return Pattern.compile(
        "@" + name + "\\(\\s*(?:value\\s*=\\s*)?(\\{[^}]*}|\"[^\"]*\")", Pattern.DOTALL);
  }

  private static List<String> values(Pattern annotation, String source) {
    List<String> values = new ArrayList<>();
    Matcher found = annotation.matcher(source);
    while (found.find()) {
      Matcher value = Pattern.compile("\"([^\"]*)\"").matcher(found.group(1));
      while (value.find()) {
        values.add(value.group(1));
      }
    }
    return values;
  }

  private String markdown() throws IOException {
    RuleTable table = new RuleTable(ScriptSuite.root());
    StringBuilder page = new StringBuilder(INTRODUCTION);
    String chapter = "";
    for (RuleBook.Entry rule : book.all()) {
      if (!rule.chapter().equals(chapter)) {
        chapter = rule.chapter();
        page.append("\n## ").append(chapter).append("\n\n").append(RuleTable.HEAD).append('\n');
      }
      page.append(table.row(rule, "../")).append('\n');
    }
    return page.toString();
  }
}
