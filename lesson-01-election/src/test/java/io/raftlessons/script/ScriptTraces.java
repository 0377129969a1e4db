package io.raftlessons.script;

import io.raftlessons.course.Lesson;
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
   * @param block in which it does so first
   * @return a line that says where it is
   */
  static String keep(
      ScriptSuite suite, String script, Recording run, int block, String difference) {
    String test = suite.getClass().getSimpleName();
    String module = Lesson.current().name();
    int step = run.stepOfBlock(block);
    About about =
        new About(
            test + "-" + script,
            module,
            About.currentImpl(),
            test,
            null,
            false,
            "OtherTrace",
            "the script says otherwise, from this step on or soon after: " + difference.strip(),
            step,
            "./mvnw -q -pl "
                + module
                + " -am test -Dtest="
                + test
                + " -Dsurefire.failIfNoSpecifiedTests=false",
            0,
            0);
    Path page = TracePage.write(run, about);
    return "trace: " + page + "#" + step;
  }
}
