package io.raftlessons.election;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ElectionDemoTest {
  private static final Pattern LEADS = Pattern.compile("(n[123]) leads in term (\\d+)");
  private static final Pattern STARTS = Pattern.compile("(n[123]) starts with term (\\d+), .*");

  private final List<String> lines = new ArrayList<>();
  @TempDir Path directory;

  @Test
  void aLeaderIsLostAndAnotherOneFollows() throws IOException {
    ElectionDemo.run(directory, this::hear);
    List<MatchResult> leaders = all(LEADS);
    List<MatchResult> starts = all(STARTS);
    assertThat(lines).hasSize(11);
    assertThat(starts).hasSize(4);
    assertThat(lines.subList(0, 3)).allMatch(line -> line.endsWith("starts with term 0, no vote"));
    String lost = leaders.get(0).group(1);
    assertThat(lines.get(4)).isEqualTo(lost + " stops");
    assertThat(leaders.get(1).group(1)).isNotEqualTo(lost);
    assertThat(term(leaders.get(1))).isGreaterThan(term(leaders.get(0)));
    assertThat(starts.get(3).group(1)).isEqualTo(lost);
    assertThat(term(starts.get(3))).isEqualTo(term(leaders.get(0)));
    assertThat(lines.subList(8, 11)).allMatch(line -> line.contains("keeps term "));

    long kept = term(leaders.get(2));
    lines.clear();
    ElectionDemo.run(directory, this::hear);
    assertThat(term(all(LEADS).get(0))).as("the terms go on").isGreaterThan(kept);
  }

  private void hear(String line) {
    System.out.println(line);
    lines.add(line);
  }

  private List<MatchResult> all(Pattern pattern) {
    return pattern.matcher(String.join("\n", lines)).results().toList();
  }

  private static long term(MatchResult line) {
    return Long.parseLong(line.group(2));
  }
}
