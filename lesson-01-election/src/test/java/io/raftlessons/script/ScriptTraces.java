package io.raftlessons.script;

import io.raftlessons.course.Lesson;
import io.raftlessons.course.Repeat;
import io.raftlessons.course.trace.About;
import io.raftlessons.course.trace.Recording;
import io.raftlessons.course.trace.TracePage;
import java.nio.file.Path;

/** Pages of scripts. */
final class ScriptTraces {
  private ScriptTraces() {}

  /**
   * Writes the page of a script that went another way than it says.
   *
   * @param step the number of the event from which on it does
   * @return a line that says where the page is
   */
  static String keep(
      ScriptSuite suite, String script, Recording run, String rule, String text, int step) {
    String test = suite.getClass().getSimpleName();
    String module = Lesson.current().name();
    About about =
        new About(
            test + "-" + script,
            module,
            About.currentImpl(),
            test,
            null,
            false,
            rule,
            text,
            step,
            Repeat.command(module, test),
            0,
            0);
    Path page = TracePage.write(run, about);
    return "trace: " + page + "#" + step;
  }
}
