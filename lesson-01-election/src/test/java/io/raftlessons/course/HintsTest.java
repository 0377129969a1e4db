package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HintsTest {
  private static final Assignment VOTE = vote("1.3");

  @TempDir Path directory;

  @Test
  void hintsComeOneAtATimeAndTheLastAgain() throws IOException {
    Hints hints = Hints.in(directory.resolve("hints"));
    assertThat(hints.next(VOTE))
        .isEqualToNormalizingNewlines(
            """
            Exercise 1.3: Vote. RV-2. README, step 4; about 20 minutes.
            Hint 1 of 3:
              think
            For the next one, the same again.
            """);
    assertThat(hints.next(VOTE)).contains("Hint 2 of 3:\n  read");
    assertThat(hints.next(VOTE)).contains("Hint 3 of 3:\n  do a\n    then b\nThere is no other.");
    assertThat(hints.next(VOTE)).contains("Hint 3 of 3");
  }

  @Test
  void anotherRunAndAnotherExerciseGoOnWhereTheyWere() throws IOException {
    Hints.in(directory).next(VOTE);
    assertThat(Hints.in(directory).next(VOTE)).contains("Hint 2 of 3");
    assertThat(Hints.in(directory).next(vote("1.4"))).contains("Hint 1 of 3");
  }

  private static Assignment vote(String id) {
    return new Assignment(id, "Vote", "RV-2", 20, 2, 4, List.of("think", "read", "do a\n  then b"));
  }
}
