package io.raftlessons.snapshots.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ExamplesTest {
  private final List<String> lines = new ArrayList<>();
  @TempDir Path directory;

  @Test
  void create() throws IOException {
    Create.run(directory, lines::add);
    assertThat(lines).containsExactly("applied: word 1", "read: [hello]");
  }

  @Test
  void grow() throws IOException {
    Grow.run(directory, lines::add);
    assertThat(lines)
        .containsExactly("s2 has a vote, 2 members", "s3 has a vote, 3 members", "led by s3");
  }

  @Test
  void shrink() throws IOException {
    Shrink.run(directory, lines::add);
    assertThat(lines)
        .containsExactly(
            "a follower left: 2 members", "the leader left: 1 member", "alone: word 2");
  }

  @Test
  void inspect() throws IOException {
    Inspect.run(directory, lines::add);
    assertThat(lines).hasSize(8);
    assertThat(lines.subList(0, 7))
        .containsExactly(
            "leads: LEADER",
            "peers: 2",
            "last contact: PT0S",
            "member s1: VOTER",
            "member s2: VOTER",
            "member s3: VOTER",
            "snapshot of 6 bytes");
    assertThat(lines.get(7)).matches("observed: LeaderObservation\\[leader=s[123]]");
  }
}
