package io.raftlessons.cluster.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.launcher.ThreeNodes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The requests that the README shows get the answers that it shows. */
class ReadmeTest {
  private static final Pattern CONSOLE = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL);
  private static final Pattern EXAMPLE =
      Pattern.compile("\\$ curl localhost:(\\d+)(/\\S+)(?: -d (?:'([^']*)'|(\\S+)))?\n([^$]*)\n");

  @TempDir Path temporary;

  private record Example(int port, String path, String body, String answer) {}

  private static List<Example> examples() throws Exception {
    List<Example> examples = new ArrayList<>();
    String readme = Files.readString(Path.of("..", "README.md"));
    Matcher console = CONSOLE.matcher(readme);
    while (console.find()) {
      Matcher example = EXAMPLE.matcher(console.group(1));
      while (example.find()) {
        String body = example.group(3) != null ? example.group(3) : example.group(4);
        examples.add(
            new Example(
                Integer.parseInt(example.group(1)), example.group(2), body, example.group(5)));
      }
      assertThat(examples).hasSize(console.group(1).split("\\$ ").length - 1);
    }
    return examples;
  }

  @Test
  void theExamplesAreTrue() throws Exception {
    List<Example> examples = examples();
    assertThat(examples).isNotEmpty();
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    try (ThreeNodes cluster = new ThreeNodes(temporary.resolve("raft-data"))) {
      cluster.useS3();
      cluster.up("--detach");
      for (Example example : examples) {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:"
                        + cluster.port(nodeAt(example.port()), Listener.INGRESS)
                        + example.path()));
        if (example.body() != null) {
          request
              .header("content-type", "application/x-www-form-urlencoded") // as curl -d does
              .POST(BodyPublishers.ofString(example.body()));
        }
        assertThat(http.send(request.build(), BodyHandlers.ofString()).body())
            .as(example.path())
            .isEqualTo(example.answer());
      }
    }
  }

  private static int nodeAt(int port) {
    for (int node = 1; node <= Settings.FIRST_NODES; node++) {
      if (Settings.port(node, Listener.INGRESS).defaultValue().equals(Integer.toString(port))) {
        return node;
      }
    }
    throw new AssertionError("no node has port " + port + " by default");
  }
}
