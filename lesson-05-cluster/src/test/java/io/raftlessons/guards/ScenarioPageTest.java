package io.raftlessons.guards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
