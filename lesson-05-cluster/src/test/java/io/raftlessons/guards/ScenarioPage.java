package io.raftlessons.guards;

import io.raftlessons.replication.script.ReplicationCommands;
import io.raftlessons.script.Command;
import io.raftlessons.script.Script;
import io.raftlessons.script.ScriptSuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes {@code docs/scenarios.md}: all scripts, to be read one after the other. */
final class ScenarioPage {
  private static final List<String> LESSONS =
      List.of("lesson-01-election", "lesson-02-replication");

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

            An entry is written `index:term`. The commands are

            """);
    ReplicationCommands.all()
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
