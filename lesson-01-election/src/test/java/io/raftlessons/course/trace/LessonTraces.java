package io.raftlessons.course.trace;

import io.raftlessons.sim.Scenario;
import java.io.IOException;

/** What of a lesson can be shown: scenarios, and seeds of its simulation. */
public interface LessonTraces {
  /** The module's directory name. */
  String lesson();

  /** The simulation, and the test that runs it. */
  Scenario simulation();

  /** As in {@link #simulation}: the class's simple name. */
  String simulationTest();

  /**
   * Lets a scenario of this lesson happen.
   *
   * @param name of a script, or of one that is written in code
   */
  Shown scenario(String name) throws IOException;

  /**
   * A scenario that has happened.
   *
   * @param title what it shows, in a line
   */
  record Shown(String title, Recording recording) {}
}
