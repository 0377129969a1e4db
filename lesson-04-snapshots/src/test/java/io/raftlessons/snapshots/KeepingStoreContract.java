package io.raftlessons.snapshots;

import static io.raftlessons.snapshots.TestSnapshots.content;
import static io.raftlessons.snapshots.TestSnapshots.meta;
import static io.raftlessons.snapshots.TestSnapshots.publish;
import static io.raftlessons.snapshots.TestSnapshots.read;
import static io.raftlessons.snapshots.TestSnapshots.received;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a {@link SnapshotStore} must do that keeps the newest two. */
public interface KeepingStoreContract extends SnapshotStoreContract {
  @Test
  default void whatWasPublishedIsRead() throws IOException {
    SnapshotStore store = create(() -> 5);
    byte[] content = content(5000, 1);
    SnapshotMeta published = publish(store, meta(7), content);
    assertThat(store.list()).containsExactly(published);
    try (SnapshotSource source = store.open(published.getId())) {
      assertThat(source.meta()).isEqualTo(published);
      assertThat(source.stream().readAllBytes()).isEqualTo(content);
    }
    publish(store, meta(8), new byte[0]);
    assertThat(read(store, "3-8-5")).isEmpty();
  }

  @Test
  default void aStreamBeginsAtTheBeginningAndSkips() throws IOException {
    SnapshotStore store = create(() -> 5);
    byte[] content = content(300, 1);
    publish(store, meta(7), content);
    try (SnapshotSource source = store.open("3-7-5")) {
      InputStream first = source.stream();
      assertThat(first.skip(200)).isEqualTo(200);
      assertThat(first.available()).isEqualTo(100);
      assertThat(first.read()).isEqualTo(content[200] & 0xff);
      assertThat(first.readNBytes(9)).isEqualTo(java.util.Arrays.copyOfRange(content, 201, 210));
      assertThat(first.skip(1000)).isEqualTo(90);
      assertThat(first.read(new byte[0])).isLessThanOrEqualTo(0);
      assertThat(first.read()).isNegative();
      assertThat(first.read(new byte[5])).isNegative();
      assertThat(source.stream().readAllBytes()).isEqualTo(content);
    }
  }

  /** A server makes the parts of a restore to one, and its leader sends it the same. */
  @Test
  default void twoMayWriteTheSame() throws IOException {
    SnapshotStore store = create(() -> 5);
    byte[] content = content(100, 1);
    SnapshotMeta same = received("9-50-8", 50, content);
    SnapshotSink slow = store.create(same);
    slow.write(content, 0, 40);
    SnapshotSink given = store.create(same);
    given.write(content, 0, 70);
    SnapshotSink fast = store.create(same);
    fast.write(content);
    given.cancel();
    assertThat(fast.publish()).isEqualTo(same);
    assertThat(read(store, "9-50-8")).isEqualTo(content);
    slow.write(content, 40, 60);
    assertThat(slow.publish()).isEqualTo(same);
    assertThat(store.list()).containsExactly(same);
    assertThat(read(store, "9-50-8")).isEqualTo(content);
  }

  @Test
  default void theNewestComesFirst() throws IOException {
    SnapshotStore store = create(() -> 5);
    publish(store, received("9-50-8", 50, content(1, 1)), content(1, 1));
    publish(store, received("9-50-9", 50, content(1, 1)), content(1, 1));
    assertThat(ids(store)).containsExactly("9-50-9", "9-50-8");
    publish(store, meta(100), content(1, 1));
    assertThat(ids(store)).containsExactly("3-100-5", "9-50-9");
  }

  @Test
  default void theOldestGo() throws IOException {
    SnapshotStore store = create(() -> 5);
    for (int index = 10; index <= 60; index += 10) {
      publish(store, meta(index), content(1, index));
    }
    assertThat(ids(store)).containsExactly("3-60-5", "3-50-5");
    assertThatIOException().isThrownBy(() -> store.open("3-40-5"));
    assertThat(read(store, "3-50-5")).isEqualTo(content(1, 50));
  }

  /** One that is taken while a newer one is received, say: neither pushes the other out. */
  @Test
  default void anOlderOneThatComesLaterReplacesNoNewerOne() throws IOException {
    SnapshotStore store = create(() -> 5);
    publish(store, meta(90), content(1, 1));
    publish(store, meta(100), content(1, 2));
    publish(store, meta(50), content(1, 3));
    assertThat(ids(store)).containsExactly("3-100-5", "3-90-5", "3-50-5");
    assertThat(read(store, "3-50-5")).isEqualTo(content(1, 3));
    publish(store, meta(95), content(1, 4));
    assertThat(ids(store)).containsExactly("3-100-5", "3-95-5");
  }

  @Test
  default void idsAreUnique() throws IOException {
    SnapshotStore store = create(() -> 5);
    publish(store, meta(7), content(1, 1));
    try (SnapshotSink one = store.create(meta(7))) {
      assertThat(one.id()).isEqualTo("3-7-6");
      one.write(content(1, 2));
      one.publish();
    }
    assertThat(read(store, "3-7-5")).isEqualTo(content(1, 1));
    assertThat(read(store, "3-7-6")).isEqualTo(content(1, 2));
  }

  @Test
  default void whatIsReceivedAgainIsThereOnce() throws IOException {
    SnapshotStore store = create(() -> 5);
    SnapshotMeta sent = received("9-50-8", 50, content(100, 1));
    publish(store, sent, content(100, 1));
    assertThat(publish(store, sent, content(100, 1))).isEqualTo(sent);
    assertThat(store.list()).containsExactly(sent);
    assertThat(read(store, "9-50-8")).isEqualTo(content(100, 1));
  }

  @Test
  default void anotherSnapshotOfTheSameIdIsRefused() throws IOException {
    SnapshotStore store = create(() -> 5);
    SnapshotMeta first = publish(store, meta(7), content(100, 1));
    SnapshotMeta other = received("3-7-5", 7, content(100, 2));
    assertThatIOException()
        .isThrownBy(() -> publish(store, other, content(100, 2)))
        .withMessageContaining("another snapshot is called 3-7-5");
    assertThat(store.list()).containsExactly(first);
    assertThat(read(store, "3-7-5")).isEqualTo(content(100, 1));
  }

  /** A follower may still be receiving it. */
  @Test
  default void anOpenSourceOutlivesItsSnapshot() throws IOException {
    SnapshotStore store = create(() -> 5);
    publish(store, meta(10), content(5000, 10));
    try (SnapshotSource source = store.open("3-10-5")) {
      InputStream stream = source.stream();
      assertThat(stream.readNBytes(10)).hasSize(10);
      publish(store, meta(20), content(1, 20));
      publish(store, meta(30), content(1, 30));
      assertThat(ids(store)).containsExactly("3-30-5", "3-20-5");
      assertThat(stream.readAllBytes()).hasSize(4990);
      assertThat(source.stream().readAllBytes()).isEqualTo(content(5000, 10));
    }
  }

  static List<String> ids(SnapshotStore store) throws IOException {
    return store.list().stream().map(SnapshotMeta::getId).toList();
  }
}
