package io.raftlessons.cluster.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
  /** With {@code -Ddocs.update=true} the page is written instead. */
  @Test
  void thePageIsWhatTheSettingsSay() throws IOException {
    Path page = root().resolve("docs").resolve("configuration.md");
    if (Boolean.getBoolean("docs.update")) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, ConfigDocs.markdown());
    }
    assertThat(page).hasContent(ConfigDocs.markdown());
  }

  @Test
  void everyNameIsUniqueAndEveryDefaultIsAcceptable() {
    TreeSet<String> names = new TreeSet<>();
    for (Setting setting : Settings.ALL) {
      assertThat(names.add(setting.name())).as(setting.name()).isTrue();
      assertThat(names.add(setting.variable())).as(setting.variable()).isTrue();
      assertThat(setting.description()).endsWith(".");
      if (!setting.defaultValue().isEmpty()) {
        assertThat(setting.type().accepts(setting.defaultValue())).as(setting.name()).isTrue();
      }
    }
  }

  @Test
  void theNearestNameTakesTheFewestEdits() {
    assertThat(Spelling.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Spelling.distance("", "abc")).isEqualTo(3);
    assertThat(Spelling.distance("same", "same")).isZero();
    assertThat(Spelling.nearest("headp")).isEqualTo("heap");
    assertThat(Spelling.nearest("node2-admn-port")).isEqualTo("node2-admin-port");
  }

  private static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("mvnw"))) {
      directory = requireNonNull(directory.getParent(), "no mvnw above the working directory");
    }
    return directory;
  }
}
