package io.raftlessons.replication;

import io.raftlessons.runtime.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An open segment file, and where in it the live batches are: those with entries that no later
 * batch has cut off. The places are kept in arrays, 16 bytes for a batch, so a read is one seek.
 */
final class Segment implements Closeable {
  private static final int READ_AHEAD_BYTES = 1 << 20;

  private final String path;
  private final SegmentHeader header;
  private final Disk.File file;
  private long end = SegmentHeader.BYTES;
  private long[] firstIndexes = new long[16];
  private int[] offsets = new int[16];
  private int live;
  private long lastIndex;

  /**
   * @param path name on the disk, for messages
   */
  Segment(String path, SegmentHeader header, Disk.File file) {
    this.path = path;
    this.header = header;
    this.file = file;
  }

  String path() {
    return path;
  }

  SegmentHeader header() {
    return header;
  }

  Disk.File file() {
    return file;
  }

  /** Where the last batch ends and the next one goes, in bytes. */
  long end() {
    return end;
  }

  boolean hasBatches() {
    return end > SegmentHeader.BYTES;
  }

  boolean hasLiveEntries() {
    return live > 0;
  }

  /** The first live index; meaningful only with live entries. */
  long firstIndex() {
    return firstIndexes[0];
  }

  /** The last live index; meaningful only with live entries. */
  long lastIndex() {
    return lastIndex;
  }

  /** Notes the batch that stands at {@link #end}. */
  void added(BatchCodec.Header batch) {
    if (batch.count() > 0) {
      if (live == offsets.length) {
        firstIndexes = Arrays.copyOf(firstIndexes, 2 * live);
        offsets = Arrays.copyOf(offsets, 2 * live);
      }
      firstIndexes[live] = batch.firstIndex();
      offsets[live] = Math.toIntExact(end);
      live++;
      lastIndex = batch.firstIndex() + batch.count() - 1;
    }
    end += batch.batchBytes();
  }

  /** Forgets the entries from {@code from} on. The file keeps them. */
  void cut(long from) {
    while (live > 0 && firstIndexes[live - 1] >= from) {
      live--;
    }
    lastIndex = Math.min(lastIndex, from - 1);
  }

  /** Offers the live entries from the wanted one, which is one of them, to {@code limit}. */
  void read(EntryCollector target, long limit) throws IOException {
    while (!target.full() && target.next() <= Math.min(limit, lastIndex)) {
      int first = batchOf(target.next());
      int beyond = first + 1;
      long bytes = Math.min(target.room(), READ_AHEAD_BYTES);
      while (beyond < live && offsets[beyond] - offsets[first] <= bytes) {
        beyond++;
      }
      long wanted = target.next();
      readBatches(first, beyond, limit, target);
      if (target.next() == wanted && !target.full()) {
        throw new LogDamagedException(path, offsets[first], "entry " + wanted + " is not there");
      }
    }
  }

  private int batchOf(long index) {
    int found = Arrays.binarySearch(firstIndexes, 0, live, index);
    return found >= 0 ? found : -found - 2;
  }

  private void readBatches(int first, int beyond, long limit, EntryCollector target)
      throws IOException {
    int start = offsets[first];
    int last = offsets[beyond - 1];
    byte[] bytes = new byte[last - start + lengthOf(last)];
    int read = file.read(start, ByteBuffer.wrap(bytes));
    if (read < bytes.length) {
      throw new LogDamagedException(path, start + (long) read, "the file ends inside a batch");
    }
    for (int i = first; i < beyond && !target.full(); i++) {
      int at = offsets[i] - start;
      BatchCodec.Header batch = BatchCodec.header(bytes, at);
      if (batch == null
          || batch.segment() != header.sequence()
          || batch.firstIndex() != firstIndexes[i]
          || batch.batchBytes() > bytes.length - at
          || !BatchCodec.intact(batch, bytes, at)) {
        throw new LogDamagedException(path, offsets[i], "the batch is not what was written");
      }
      long lastOfBatch = i + 1 < live ? firstIndexes[i + 1] - 1 : lastIndex;
      String problem = BatchCodec.decode(batch, bytes, at, Math.min(limit, lastOfBatch), target);
      if (problem != null) {
        throw new LogDamagedException(path, offsets[i], problem);
      }
    }
  }

  private int lengthOf(int offset) throws IOException {
    byte[] bytes = new byte[BatchCodec.HEADER_BYTES];
    int read = file.read(offset, ByteBuffer.wrap(bytes));
    BatchCodec.Header batch = read < bytes.length ? null : BatchCodec.header(bytes, 0);
    if (batch == null || batch.batchBytes() > end - offset) {
      throw new LogDamagedException(path, offset, "the batch header is not what was written");
    }
    return batch.batchBytes();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
