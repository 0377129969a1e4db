package io.raftlessons.guards;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.TermRuleBugs;
import io.raftlessons.course.Budget;
import io.raftlessons.course.Bug;
import io.raftlessons.course.Lesson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/bug-zoo.md}: all known bugs of all lessons. */
class BugZooPageTest {
  private static final String INTRODUCTION =
      """
      # The bug zoo

      Each line is a known bug: a small edit of the reference, many of them shipped by somebody at some
      time, and the tests that see it. The file behind the id has the edit, where the bug comes from,
      and what looks needless in the code that it breaks.

      `./mvnw -q -Pzoo test` puts every bug into the code, one at a time, and runs the tests that it
      names: each must be green on the reference and red on the bug. `-Dzoo.bug=E01` does it for one,
      `-pl lesson-02-replication -am` for the bugs up to a lesson. The format is described at
      `io.raftlessons.course.BugFile`; bugs that students should not see go into
      `src/test/bugs/private/`, which git ignores.

      The simulator sees many of them, too: within so many seeds of the lesson's scenario a run fails,
      whichever rule it breaks. That is a budget, about five times what it took. Where no simulated run
      has shown a bug, the line says why. `./mvnw -q -Pmatrix -pl lesson-02-replication -am test` runs
      the seeds, and all graded tests of the lesson, against every bug of the lesson.

      This page is generated. `./mvnw -q -pl lesson-05-cluster -am test -Dtest=BugZooPageTest
      -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.update=true` writes it.
      """;

  @Test
  void thePageIsWhatTheBugsSay() throws IOException {
    Path page = Repository.root().resolve("docs").resolve("bug-zoo.md");
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(page, markdown());
    }
    assertThat(page).hasContent(markdown());
  }

  @Test
  void everyIdIsUnique() throws IOException {
    TreeSet<String> ids = new TreeSet<>();
    for (Lesson lesson : Lesson.all()) {
      for (Bug bug : lesson.publicBugs()) {
        assertThat(ids.add(bug.id())).as(bug.id()).isTrue();
      }
    }
    assertThat(ids).contains("E01");
  }

  /** Without a suite in their module, bugs would never be put into the code. */
  @Test
  void everyLessonWithBugsRunsThem() throws IOException {
    for (Lesson lesson : Lesson.all()) {
      if (!lesson.publicBugs().isEmpty()) {
        try (Stream<Path> files = Files.walk(lesson.directory().resolve("src/test/java"))) {
          assertThat(files)
              .as(lesson.name())
              .anyMatch(file -> String.valueOf(file.getFileName()).endsWith("BugsTest.java"));
        }
      }
    }
  }

  private static String markdown() throws IOException {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    for (Lesson lesson : Lesson.all()) {
      List<Bug> bugs = lesson.publicBugs();
      if (!bugs.isEmpty()) {
        page.append("\n## ").append(lesson.name()).append("\n\n");
        page.append("| bug | what it does | rule | file | tests that see it | within seeds |\n");
        page.append("|---|---|---|---|---|---|\n");
        bugs.forEach(bug -> page.append(row(lesson, bug)));
      }
    }
    List<Bug> cells = TermRuleBugs.all();
    page.append(
        String.format(
            "\n"
                + "`T-<message>-<column>`: the %d cells of the table in `core/TermRule.java`, each"
                + " with\n"
                + "every verdict that is not its own: %d bugs more, made by"
                + " `io.raftlessons.core.TermRuleBugs`.\n",
            cells.stream().map(Bug::id).distinct().count(), cells.size()));
    return page.toString();
  }

  private static String row(Lesson lesson, Bug bug) {
    String also = bug.also().isEmpty() ? "" : " (" + String.join(", ", bug.also()) + ")";
    String tests =
        bug.expect().stream().map(test -> "`" + test + "`").collect(Collectors.joining("<br>"));
    return String.format(
        "| [%s](../%s/src/test/bugs/%s.bug)%s | %s | %s | `%s` | %s | %s |\n",
        bug.id(),
        lesson.name(),
        bug.id(),
        also,
        cell(bug.title()),
        cell(bug.rule()),
        bug.file(),
        tests,
        seeds(bug.budget()));
  }

  private static String seeds(Budget budget) {
    return budget.seeds() == 0
        ? "none: " + cell(budget.because())
        : String.format(Locale.ROOT, "%,d", budget.seeds());
  }

  private static String cell(String text) {
    return text.replace("\n", " ").replace("|", "\\|").replaceAll("\\.$", "");
  }
}
