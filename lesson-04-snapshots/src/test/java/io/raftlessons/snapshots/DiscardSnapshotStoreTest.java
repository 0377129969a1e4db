package io.raftlessons.snapshots;

import static io.raftlessons.snapshots.TestSnapshots.content;
import static io.raftlessons.snapshots.TestSnapshots.meta;
import static io.raftlessons.snapshots.TestSnapshots.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class DiscardSnapshotStoreTest implements SnapshotStoreContract {
  @Override
  public SnapshotStore create(LongSupplier millis) {
    return new DiscardSnapshotStore(millis);
  }

  @Test
  void itKeepsNone() throws IOException {
    SnapshotStore store = create(() -> 5);
    publish(store, meta(7), content(10, 1));
    assertThat(store.list()).isEmpty();
    assertThatIOException().isThrownBy(() -> store.open("3-7-5"));
  }
}
