package io.raftlessons.guards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScenarioPageTest {
  /** With {@code -Ddocs.update=true} the page is written instead. */
  @Test
  void thePageShowsAllScripts() throws IOException {
    Path page = Repository.root().resolve("docs").resolve("scenarios.md");
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(page, ScenarioPage.markdown());
    }
    assertThat(page).hasContent(ScenarioPage.markdown());
  }

  /** A lesson that leaves out what was true before it would be another Raft. */
  @Test
  void everyLessonReplaysTheScriptsOfThoseBefore() {
    Map<String, List<String>> replays = ScriptReplays.all();
    assertThat(replays).containsOnlyKeys(ScenarioPage.LESSONS);
    for (int i = 0; i < ScenarioPage.LESSONS.size(); i++) {
      String lesson = ScenarioPage.LESSONS.get(i);
      List<String> from = ScenarioPage.LESSONS.subList(i, ScenarioPage.LESSONS.size());
      assertThat(replays.get(lesson)).as(lesson).isEqualTo(from);
    }
  }
}
