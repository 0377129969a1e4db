package io.raftlessons.replication.kill9;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A few trials of {@link Kill9Experiment}, and a store that it must find out. */
@Timeout(300)
class Kill9Test {
  @TempDir Path directory;

  @Test
  void ourStoresComeBackWhole() throws IOException, InterruptedException {
    for (Kill9Store store : Kill9Store.values()) {
      for (int trial = 0; store.mustComeBack() && trial < 2; trial++) {
        Trial result =
            Kill9Experiment.run(store, directory.resolve(store.label() + "-" + trial), trial);
        assertThat(result.problem()).as(store.label()).isEmpty();
        assertThat(result.acknowledged()).as(store.label()).isPositive();
      }
    }
  }

  @Test
  void aStoreThatAcknowledgesTooEarlyIsFoundOut() throws IOException, InterruptedException {
    Trial result = Kill9Experiment.run(Kill9Store.FORGETFUL, directory.resolve("forgetful"), 1);
    assertThat(result.problem()).isEqualTo("lost records that were acknowledged");
  }
}
