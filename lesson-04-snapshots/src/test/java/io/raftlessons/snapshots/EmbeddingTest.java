package io.raftlessons.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The project in {@code docs/embedding} is as its README says; Maven is left out here. */
@Timeout(120)
class EmbeddingTest {
  private static final Path PROJECT = Path.of("..", "docs", "embedding");

  @TempDir Path directory;

  @Test
  void theProgramCountsOnAfterARestart() throws IOException, InterruptedException {
    String source = PROJECT.resolve("src/main/java/Counter.java").toString();
    String path = System.getProperty("java.class.path");
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-cp", path, "-d", directory.toString(), source);
    assertThat(compiled).isZero();
    assertThat(run(path)).contains("count: 1");
    assertThat(run(path)).contains("count: 2");
  }

  private List<String> run(String path) throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-cp");
    command.add(directory + File.pathSeparator + path);
    command.add("Counter");
    command.add(directory.resolve("data").toString());
    Process program =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(program.waitFor()).isZero();
    } finally {
      program.destroyForcibly();
    }
    return Files.readAllLines(output, StandardCharsets.UTF_8);
  }

  @Test
  void theProjectDependsOnTheVersionThatThereIs() throws IOException {
    String version =
        Files.readString(Path.of("..", "pom.xml"))
            .replaceFirst("(?s).*?<artifactId>raft-lessons</artifactId>\\s*<version>", "")
            .replaceFirst("(?s)</version>.*", "");
    assertThat(Files.readString(PROJECT.resolve("pom.xml")))
        .contains("<artifactId>lesson-04-snapshots</artifactId><version>" + version + "</version>");
  }
}
