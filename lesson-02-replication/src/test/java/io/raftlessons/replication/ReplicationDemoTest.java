package io.raftlessons.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ReplicationDemoTest {
  private final List<String> lines = new ArrayList<>();
  @TempDir Path directory;

  @Test
  void whatWasWrittenIsReadBackAfterAllServersStopped() throws IOException {
    ReplicationDemo.run(directory, this::hear);
    assertThat(lines).hasSize(14);
    assertThat(lines.subList(0, 3)).allMatch(line -> line.endsWith("a log of 0 entries"));
    assertThat(lines.subList(3, 8))
        .containsExactly(
            "put author: OK",
            "add 1 to visits: OK 1",
            "add 1 to visits: OK 2",
            "add 1 to visits: OK 3",
            "all stop");
    assertThat(lines.subList(8, 11)).anyMatch(line -> !line.endsWith("a log of 0 entries"));
    assertThat(lines.subList(11, 14))
        .containsExactly("get author: OK \"Ongaro\"", "get visits: OK 3", "all stop");

    lines.clear();
    ReplicationDemo.run(directory, this::hear);
    assertThat(lines).contains("add 1 to visits: OK 6", "get visits: OK 6");
  }

  private void hear(String line) {
    System.out.println(line);
    lines.add(line);
  }
}
