package io.raftlessons.snapshots;

import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * What every sink does: it counts, sums, compares with what was promised, and ends once. A store
 * says where the bytes go.
 *
 * <p>Not thread-safe.
 */
public abstract class CheckedSink extends SnapshotSink {
  private enum State {
    OPEN,
    FAILED,
    PUBLISHED,
    CANCELLED
  }

  private final boolean received;
  private final SnapshotChecksum checksum = new SnapshotChecksum();
  private SnapshotMeta meta;
  private long offset;
  private State state = State.OPEN;

  /**
   * @param meta with its id
   * @param received whether size and checksum were promised by the sender
   */
  protected CheckedSink(SnapshotMeta meta, boolean received) {
    this.meta = meta;
    this.received = received;
  }

  /** Keeps these bytes. */
  protected abstract void append(byte[] bytes, int from, int length) throws IOException;

  /** Makes the snapshot one of the store's. */
  protected abstract void commit(SnapshotMeta full) throws IOException;

  /** Removes what {@link #append} kept, and what a {@link #commit} that failed may have left. */
  protected abstract void discard() throws IOException;

  @Override
  public final String id() {
    return meta.getId();
  }

  @Override
  public final long offset() {
    return offset;
  }

  @Override
  public final void write(int oneByte) throws IOException {
    write(new byte[] {(byte) oneByte}, 0, 1);
  }

  @Override
  public final void write(byte[] bytes, int from, int length) throws IOException {
    demandOpen();
    // Until the end is well, it is not.
    state = State.FAILED;
    if (received && length > meta.getSize() - offset) {
      throw new SnapshotDamagedException(
          id(), "more than the " + meta.getSize() + " bytes came that it was to have");
    }
    checksum.update(ByteBuffer.wrap(bytes, from, length));
    append(bytes, from, length);
    offset += length;
    state = State.OPEN;
  }

  @Override
  public final SnapshotMeta publish() throws IOException {
    if (state != State.PUBLISHED) {
      demandOpen();
      state = State.FAILED;
      SnapshotMeta full = meta.toBuilder().setSize(offset).setChecksum(checksum.value()).build();
      if (received && !full.equals(meta)) {
        throw new SnapshotDamagedException(
            id(),
            String.format(
                "%d bytes with checksum %016x came, it was to have %d with %016x",
                offset, full.getChecksum(), meta.getSize(), meta.getChecksum()));
      }
      commit(full);
      meta = full;
      state = State.PUBLISHED;
    }
    return meta;
  }

  @Override
  public final void cancel() throws IOException {
    if (state == State.OPEN || state == State.FAILED) {
      // Once only: if it fails, another sink of the same id may come, and its files must stay.
      state = State.CANCELLED;
      discard();
    }
  }

  private void demandOpen() throws IOException {
    if (state != State.OPEN) {
      String end =
          state == State.FAILED ? "failed before" : "is " + state.name().toLowerCase(Locale.ROOT);
      throw new IOException("the sink of snapshot " + id() + " " + end);
    }
  }
}
