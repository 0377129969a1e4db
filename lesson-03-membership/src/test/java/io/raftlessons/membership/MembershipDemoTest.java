package io.raftlessons.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class MembershipDemoTest {
  private final List<String> lines = new ArrayList<>();
  @TempDir Path directory;

  @Test
  void aGroupGrowsHandsOverShrinksAndRefusesAnEmptiedDisk() throws IOException {
    MembershipDemo.run(directory, this::hear);
    assertThat(lines.subList(0, lines.size() - 1))
        .containsExactly(
            "visits: 1",
            "add n2: n1 n2",
            "add n3: n1 n2 n3",
            "visits: 2",
            "n1 has handed over to n2",
            "visits: 3",
            "n2 removes itself: n1 n3",
            "visits: 4",
            "visits: 5",
            "n3 stops, and its disk is emptied");
    assertThat(lines.get(lines.size() - 1))
        .startsWith(
            "n3 starts and stops: n1 refuses the disk of n3: it joined the group with another")
        .endsWith("Remove this server from the group, empty its directory, and add it again");
  }

  private void hear(String line) {
    System.out.println(line);
    lines.add(line);
  }
}
