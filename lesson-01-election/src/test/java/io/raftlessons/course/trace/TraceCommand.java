package io.raftlessons.course.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * {@code -Ptrace -Dscenario=NAME} writes the page of a scenario and says where it is, {@code
 * -Ptrace -Dsim.seed=N} that of a seed. Each lesson looks after its own; the others say nothing.
 */
public abstract class TraceCommand {
  protected abstract LessonTraces traces();

  @Test
  void writesAPage() throws IOException {
    String name = System.getProperty("scenario");
    Long seed = Long.getLong("sim.seed");
    if ((name == null) == (seed == null)) {
      throw new IllegalArgumentException(
          "-Ptrace needs -Dscenario=NAME or -Dsim.seed=N; there are the scenarios "
              + String.join(", ", Scenarios.all().keySet()));
    }
    if (seed != null) {
      say(seed(seed));
    } else if (Scenarios.find(name).lesson().equals(traces().lesson())) {
      say(scenario(name));
    }
  }

  private Path seed(long seed) {
    String repeat = "./mvnw -q -pl " + traces().lesson() + " -am -Ptrace test -Dsim.seed=" + seed;
    return SimTraces.write(
        traces().lesson(), traces().simulationTest(), traces().simulation(), seed, repeat);
  }

  private Path scenario(String name) throws IOException {
    LessonTraces.Shown shown = traces().scenario(Scenarios.find(name).name());
    return TracePage.write(shown.recording(), About.ofScenario(name, traces().lesson(), shown));
  }

  /** Past the logger: the path is the command's answer. */
  @SuppressWarnings("SystemOut")
  private static void say(Path page) {
    assertThat(page).isNotEmptyFile();
    System.out.println("trace: " + page);
  }
}
