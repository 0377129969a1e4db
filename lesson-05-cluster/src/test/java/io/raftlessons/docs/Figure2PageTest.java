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

  private static final Pattern ANNOTATION =
      Pattern.compile("@Rule\\(\\s*(?:value\\s*=\\s*)?(\\{[^}]*}|\"[^\"]*\")", Pattern.DOTALL);

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
  void everyGradedTestNamesRulesThatThereAre() throws IOException {
    List<String> unknown = new ArrayList<>();
    for (Lesson lesson : Lesson.all()) {
      try (Stream<Path> files = Files.walk(lesson.directory().resolve("src/test/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
          for (String id : rules(Files.readString(file))) {
            if (book.find(id).isEmpty()) {
              unknown.add(file.getFileName() + ": " + id);
            }
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void annotationsAreReadHoweverTheyAreWritten() {
    String text =
        "@" + "Rule(\"RV-1\") @" + "Rule({\"AE-1\",\n \"AE-2\"}) @" + "Rule(value = \"X-1\")";
    assertThat(rules(text)).containsExactly("RV-1", "AE-1", "AE-2", "X-1");
  }

  private static List<String> rules(String source) {
    List<String> ids = new ArrayList<>();
    Matcher annotation = ANNOTATION.matcher(source);
    while (annotation.find()) {
      Matcher id = Pattern.compile("\"([^\"]*)\"").matcher(annotation.group(1));
      while (id.find()) {
        ids.add(id.group(1));
      }
    }
    return ids;
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
