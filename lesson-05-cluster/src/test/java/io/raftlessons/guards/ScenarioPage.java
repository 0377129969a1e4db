package io.raftlessons.guards;

import io.raftlessons.membership.script.MembershipCommands;
import io.raftlessons.script.Command;
import io.raftlessons.script.Script;
import io.raftlessons.script.ScriptSuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes {@code docs/scenarios.md}: all scripts, to be read one after the other. */
final class ScenarioPage {
  static final List<String> LESSONS =
      List.of("lesson-01-election", "lesson-02-replication", "lesson-03-membership");

  private ScenarioPage() {}

  /** The whole page. */
  static String markdown() throws IOException {
    StringBuilder page =
        new StringBuilder(
            """
            # Scenarios

            This page is generated from the files in `lesson-*/src/test/scripts`; a test compares it.
            The files are tests: the commands are replayed on the real servers, and the trace below the line `----` must come out.
            After a change that is meant, `./mvnw -q -pl lesson-05-cluster -am test -Dtest='*ScriptsTest,ScenarioPageTest' -Dsurefire.failIfNoSpecifiedTests=false -Dscripts.update=true -Ddocs.update=true` writes the traces anew, and this page.

            Nothing moves unless a command says so. Messages wait until they are delivered, no timer goes off by itself,
            and a disk that is called slow writes when it is told to sync. In a trace

            | line | means |
            |---|---|
            | `b < a  AppendEntries ...` | b receives this message from a |
            | `a: heartbeat` | something else happens to a |
            | `  currentTerm=2 votedFor=c` | so the server's state changes; the names are those of Figure 2 |
            | `  writes ...` | this is to go to its disk |
            | `  > b c  AppendEntries ...` | this message leaves for b and for c |
            | `  applies x y` | its state machine applies these commands |
            | `  tells the client of x: ...` | so the client's call ends |
            | `  tells the operator who wants to ...` | so a change of the group, or a hand-over, ends |

            An entry is written `index:term`. A lesson's scripts are replayed on the servers of later lessons too, and there the
            same trace must come out, line by line. Since lesson 3 a log begins with the group's first configuration, 1:1, where
            before it began with nothing, 0:0. So on those servers all indices and terms are one more than an older script says;
            they are told one less, and what is said of configurations is left out.

            | scripts of | how many | are replayed on the servers of |
            |---|---|---|
            """);
    Map<String, List<String>> replays = ScriptReplays.all();
    for (String lesson : LESSONS) {
      page.append("| ").append(lesson).append(" | ").append(ScriptSuite.scripts(lesson).size());
      page.append(" | ").append(String.join(", ", replays.get(lesson))).append(" |\n");
    }
    page.append(
        """

            The commands are

            """);
    MembershipCommands.all()
        .meanings()
        .forEach(
            (usage, meaning) ->
                page.append("* `").append(usage).append("`: ").append(meaning).append(".\n"));
    for (String lesson : LESSONS) {
      page.append("\n## ").append(lesson).append('\n');
      for (Path file : ScriptSuite.scripts(lesson)) {
        String name = file.getFileName().toString();
        append(page, lesson, name, Script.parse(name, Files.readString(file)));
      }
    }
    return page.toString();
  }

  private static void append(StringBuilder page, String lesson, String name, Script script) {
    page.append("\n### ").append(script.title()).append("\n\n");
    script.prose().forEach(line -> page.append(line).append('\n'));
    page.append("([")
        .append(name)
        .append("](../")
        .append(lesson)
        .append("/src/test/scripts/")
        .append(name)
        .append("))\n");
    for (Script.Block block : script.blocks()) {
      page.append('\n');
      if (!block.prose().isEmpty()) {
        block.prose().forEach(line -> page.append(line).append('\n'));
        page.append('\n');
      }
      page.append("```text\n");
      block.commands().stream().map(Command::text).forEach(c -> page.append(c).append('\n'));
      page.append("----\n");
      block.expected().forEach(line -> page.append(line).append('\n'));
      page.append("```\n");
    }
  }
}
