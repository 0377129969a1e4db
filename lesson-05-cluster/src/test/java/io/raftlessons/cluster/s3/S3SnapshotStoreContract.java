package io.raftlessons.cluster.s3;

import static io.raftlessons.snapshots.TestSnapshots.content;
import static io.raftlessons.snapshots.TestSnapshots.meta;
import static io.raftlessons.snapshots.TestSnapshots.publish;
import static io.raftlessons.snapshots.TestSnapshots.received;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftlessons.snapshots.KeepingStoreContract;
import io.raftlessons.snapshots.SnapshotStore;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a store must do that keeps the newest two, and refuses what is not the newest. */
interface S3SnapshotStoreContract extends KeepingStoreContract {
  @Override
  @Test
  default void theNewestComesFirst() throws IOException {
    SnapshotStore store = create(() -> 5);
    publish(store, received("9-50-8", 50, content(1, 1)), content(1, 1));
    publish(store, meta(100), content(1, 1));
    assertThat(store.list())
        .extracting(SnapshotMeta::getId)
        .isEqualTo(List.of("3-100-5", "9-50-8"));
  }

  @Override
  @Test
  default void anOlderOneThatComesLaterReplacesNoNewerOne() throws IOException {
    SnapshotStore store = create(() -> 5);
    publish(store, meta(90), content(1, 1));
    publish(store, meta(100), content(1, 2));
    assertThatExceptionOfType(SupersededSnapshotException.class)
        .isThrownBy(() -> publish(store, meta(95), content(1, 3)))
        .withMessageContaining("3-95-5 ends at index 95")
        .withMessageContaining("ends at 100");
    assertThat(store.list())
        .extracting(SnapshotMeta::getId)
        .isEqualTo(List.of("3-100-5", "3-90-5"));
  }

  @Override
  @Test
  default void idsAreUnique() throws IOException {
    SnapshotStore store = create(() -> 5);
    SnapshotMeta first = publish(store, meta(7), content(1, 1));
    assertThatExceptionOfType(SupersededSnapshotException.class)
        .isThrownBy(() -> publish(store, meta(7), content(1, 2)));
    assertThat(store.list()).containsExactly(first);
  }

  @Test
  default void theLogMayBeCutToTheOldestThatIsNamed() throws IOException {
    SnapshotStore store = create(() -> 5);
    assertThat(store.mayCutTo()).isZero();
    publish(store, meta(10), content(1, 1));
    assertThat(store.mayCutTo()).isEqualTo(10);
    publish(store, meta(20), content(1, 1));
    publish(store, meta(30), content(1, 1));
    assertThat(store.mayCutTo()).isEqualTo(20);
  }
}
