package io.raftlessons.docs;

import io.raftlessons.script.Command;
import io.raftlessons.script.Script;
import io.raftlessons.script.ScriptSuite;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;

/** Short scripts that a page makes up itself, played on a lesson's servers. */
final class Plays {
  private Plays() {}

  /**
   * The commands and their trace.
   *
   * @param lesson the directory of the lesson
   * @param setup commands that are played first and not told, parted by semicolons; may be empty
   * @param commands parted by semicolons
   */
  static List<String> play(String lesson, String setup, String commands) {
    StringBuilder text = new StringBuilder("# title\n# prose\n");
    append(text, setup);
    append(text, commands);
    Script script = Script.parse(lesson, text.toString());
    List<List<String>> traces = suite(lesson).play(script);
    int last = traces.size() - 1;
    List<String> lines = new ArrayList<>();
    script.blocks().get(last).commands().stream().map(Command::text).forEach(lines::add);
    lines.add("----");
    lines.addAll(traces.get(last));
    return lines;
  }

  private static void append(StringBuilder text, String commands) {
    if (!commands.isBlank()) {
      text.append('\n');
      for (String command : commands.strip().split("\\s*;\\s*")) {
        text.append(command).append('\n');
      }
      text.append("----\n");
    }
  }

  private static ScriptSuite suite(String lesson) {
    String name =
        switch (lesson) {
          case "lesson-01-election" -> "script.ElectionScriptsTest";
          case "lesson-02-replication" -> "replication.script.ReplicationScriptsTest";
          case "lesson-03-membership" -> "membership.script.MembershipScriptsTest";
          default -> throw new DocsException("no scripts are played on the servers of " + lesson);
        };
    try {
      Constructor<?> constructor = Class.forName("io.raftlessons." + name).getDeclaredConstructor();
      constructor.setAccessible(true);
      return (ScriptSuite) constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name + " cannot be made", e);
    }
  }
}
