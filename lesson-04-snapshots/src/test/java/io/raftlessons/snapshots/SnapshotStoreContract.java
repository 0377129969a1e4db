package io.raftlessons.snapshots;

import static io.raftlessons.snapshots.TestSnapshots.content;
import static io.raftlessons.snapshots.TestSnapshots.meta;
import static io.raftlessons.snapshots.TestSnapshots.publish;
import static io.raftlessons.snapshots.TestSnapshots.received;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link SnapshotStore} must do, also one that keeps nothing. */
public interface SnapshotStoreContract {
  /** An empty store that keeps two snapshots, if it keeps any. */
  SnapshotStore create(LongSupplier millis) throws IOException;

  @Test
  default void anEmptyStoreHasNone() throws IOException {
    SnapshotStore store = create(() -> 5);
    assertThat(store.list()).isEmpty();
    assertThat(store.damaged()).isEmpty();
    assertThatIOException().isThrownBy(() -> store.open("3-7-5")).withMessageContaining("3-7-5");
  }

  @Test
  default void theStoreNamesWhatIsTakenHere() throws IOException {
    SnapshotStore store = create(() -> 1_764_000_000_000L);
    SnapshotMeta published = publish(store, meta(120), content(1000, 1));
    assertThat(published)
        .isEqualTo(received("3-120-1764000000000", 120, content(1000, 1)))
        .isNotEqualTo(received("3-120-1764000000000", 120, content(1000, 2)));
  }

  @Test
  default void aSnapshotMayBeEmpty() throws IOException {
    assertThat(publish(create(() -> 5), meta(1), new byte[0]))
        .isEqualTo(received("3-1-5", 1, new byte[0]));
  }

  @Test
  default void aSinkSaysHowFarItIs() throws IOException {
    try (SnapshotSink sink = create(() -> 5).create(meta(7))) {
      assertThat(sink.id()).isEqualTo("3-7-5");
      assertThat(sink.offset()).isZero();
      sink.write(1);
      sink.write(new byte[] {9, 2, 3, 9}, 1, 2);
      sink.write(new byte[0]);
      sink.flush();
      assertThat(sink.offset()).isEqualTo(3);
      assertThat(sink.publish()).isEqualTo(received("3-7-5", 7, new byte[] {1, 2, 3}));
      assertThat(sink.offset()).isEqualTo(3);
    }
  }

  @Test
  default void toPublishTwiceIsToPublishOnce() throws IOException {
    SnapshotStore store = create(() -> 5);
    SnapshotSink sink = store.create(meta(7));
    sink.write(content(10, 1));
    SnapshotMeta published = sink.publish();
    int there = store.list().size();
    assertThat(sink.publish()).isEqualTo(published);
    sink.cancel();
    sink.close();
    assertThat(sink.publish()).isEqualTo(published);
    assertThat(store.list()).hasSize(there);
    assertThatIOException().isThrownBy(() -> sink.write(1)).withMessageContaining("is published");
  }

  @Test
  default void whatIsCancelledIsNot() throws IOException {
    SnapshotStore store = create(() -> 5);
    SnapshotSink sink = store.create(meta(7));
    sink.write(content(10, 1));
    sink.cancel();
    sink.cancel();
    sink.close();
    assertThatIOException().isThrownBy(() -> sink.write(1)).withMessageContaining("is cancelled");
    assertThatIOException().isThrownBy(sink::publish).withMessageContaining("is cancelled");
    assertThat(store.list()).isEmpty();
    assertThatIOException().isThrownBy(() -> store.open(sink.id()));
  }

  /**
   * A machine whose writer throws in the middle leaves no snapshot (HashiCorp's in memory does).
   */
  @Test
  default void whatIsClosedWithoutBeingPublishedIsNot() throws IOException {
    SnapshotStore store = create(() -> 5);
    SnapshotSink sink = store.create(meta(7));
    try (sink) {
      sink.write(content(10, 1));
      assertThat(store.list()).isEmpty();
      assertThatIOException().isThrownBy(() -> store.open(sink.id()));
    }
    assertThat(store.list()).isEmpty();
    assertThatIOException().isThrownBy(() -> store.open(sink.id()));
  }

  @Test
  default void aReceivedSnapshotMustBeWhatWasSent() throws IOException {
    SnapshotStore store = create(() -> 5);
    SnapshotMeta sent = received("9-50-8", 50, content(100, 1));
    assertThat(publish(store, sent, content(100, 1))).isEqualTo(sent);

    byte[] flipped = content(100, 1);
    flipped[99] ^= 1;
    for (byte[] other : new byte[][] {flipped, content(99, 1), new byte[0]}) {
      SnapshotSink sink = store.create(received("9-51-8", 51, content(100, 1)));
      sink.write(other);
      assertThatExceptionOfType(SnapshotDamagedException.class)
          .isThrownBy(sink::publish)
          .withMessageContaining("9-51-8");
      assertThatIOException().isThrownBy(sink::publish).withMessageContaining("failed before");
      sink.close();
      assertThatIOException().isThrownBy(() -> store.open("9-51-8"));
    }
  }

  @Test
  default void aReceivedSnapshotNeverGrowsLargerThanAnnounced() throws IOException {
    SnapshotStore store = create(() -> 5);
    try (SnapshotSink sink = store.create(received("9-50-8", 50, content(100, 1)))) {
      sink.write(content(100, 1));
      assertThatExceptionOfType(SnapshotDamagedException.class).isThrownBy(() -> sink.write(1));
      assertThat(sink.offset()).isEqualTo(100);
      assertThatIOException().isThrownBy(sink::publish).withMessageContaining("failed before");
    }
    assertThat(store.list()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {".", "..", "../9-1-1", "a/b", "a\\b", ".hidden", "9-1-1.tmp", "a b", "a:b", "é"})
  default void anIdIsAPlainName(String id) throws IOException {
    SnapshotStore store = create(() -> 5);
    SnapshotMeta meta = received(id, 9, new byte[0]);
    assertThatIllegalArgumentException().isThrownBy(() -> store.create(meta));
    assertThatIOException().isThrownBy(() -> store.open(id));
  }

  @Test
  default void aMetaThatCannotBeIsRefused() throws IOException {
    SnapshotStore store = create(() -> 5);
    SnapshotMeta good = meta(9);
    for (SnapshotMeta bad :
        new SnapshotMeta[] {
          good.toBuilder().setIndex(0).build(),
          good.toBuilder().setTerm(0).build(),
          good.toBuilder().setTime(-1).build(),
          good.toBuilder().clearConfiguration().build(),
          good.toBuilder().setConfiguration(Configuration.getDefaultInstance()).build(),
          good.toBuilder().setConfigurationIndex(10).build(),
          good.toBuilder().setConfigurationIndex(-1).build(),
          good.toBuilder().setId("x".repeat(201)).build(),
          good.toBuilder().setId("x").setSize(-1).build(),
          unknownSuffrage(good)
        }) {
      assertThatIllegalArgumentException().isThrownBy(() -> store.create(bad));
    }
    store.create(good).close();
  }

  private static SnapshotMeta unknownSuffrage(SnapshotMeta good) {
    SnapshotMeta.Builder meta = good.toBuilder();
    meta.getConfigurationBuilder().getServersBuilder(0).setSuffrageValue(77);
    return meta.build();
  }
}
