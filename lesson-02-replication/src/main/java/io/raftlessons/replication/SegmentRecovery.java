package io.raftlessons.replication;

import io.raftlessons.replication.BatchCodec.Header;
import io.raftlessons.replication.BatchCodec.Link;
import io.raftlessons.runtime.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out at the start what the segments hold. Each batch was synced before the next was written,
 * so a crash can leave one unfinished batch at most, the last one. That one is cut; every other
 * surprise is damage and stops the store.
 *
 * <p>What proves that a broken batch is not the last: a batch header with the right checksum, place
 * and segment after it; anything but zeros after the end its own header gives; a later segment; the
 * {@link SyncedMark}.
 */
final class SegmentRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentRecovery.class);
  private static final int MAX_FILE_BYTES = 1 << 30;

  private final Disk disk;
  private final String directory;
  private final SyncedMark mark;
  private final List<Segment> opened = new ArrayList<>();
  private final SegmentList segments = new SegmentList();
  private Link tail = Link.NONE;
  private int lastBatchAt;
  private int tornBytes;
  private byte[] bytes = new byte[0];
  private int size;
  private int writtenEnd;

  /**
   * What was found.
   *
   * @param tail what the next batch is tied to
   * @param tornBytes how many bytes of an unfinished batch were cut off; 0 if there was none
   */
  record Recovered(SegmentList segments, SyncedMark mark, Link tail, int tornBytes) {}

  private SegmentRecovery(Disk disk, String directory, SyncedMark mark) {
    this.disk = disk;
    this.directory = directory;
    this.mark = mark;
  }

  /**
   * @param temporaries names in the directory that a crash may have left and nobody needs
   * @throws LogDamagedException if the log is not what was written; nothing was changed then but
   *     leftovers removed
   */
  static Recovered recover(Disk disk, String directory, List<String> temporaries)
      throws IOException {
    disk.createDirectories(directory);
    for (String temporary : temporaries) {
      disk.delete(directory + "/" + temporary);
    }
    // Names that a crashed process saw need not be durable yet; what is built on them must be.
    disk.syncDirectory(directory);
    SyncedMark mark = SyncedMark.load(disk, directory);
    List<String> names =
        disk.list(directory).stream().filter(n -> SegmentHeader.sequenceOf(n) > 0).toList();
    if (mark == null) {
      if (!names.isEmpty()) {
        throw new LogDamagedException(
            directory + "/" + SyncedMark.NAME, 0, "the file is missing, but there are segments");
      }
      mark = new SyncedMark(1, 0, 0, 0);
      mark.save(disk, directory);
    }
    SegmentRecovery recovery = new SegmentRecovery(disk, directory, mark);
    try {
      recovery.open(names);
      recovery.scan();
      recovery.settle();
      recovery.dropLeftovers(names);
    } catch (IOException | RuntimeException e) {
      recovery.abandon(e);
      throw e;
    }
    return new Recovered(recovery.segments, mark, recovery.tail, recovery.tornBytes);
  }

  private void abandon(Exception cause) {
    for (Segment segment : opened) {
      try {
        segment.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private void open(List<String> names) throws IOException {
    long expected = mark.firstSegment();
    for (String name : names) {
      long sequence = SegmentHeader.sequenceOf(name);
      if (sequence < mark.firstSegment()) {
        continue;
      }
      String path = directory + "/" + name;
      if (sequence != expected) {
        throw new LogDamagedException(path, 0, "segment " + expected + " before it is missing");
      }
      expected++;
      Disk.File file = disk.open(path);
      try {
        opened.add(new Segment(path, SegmentHeader.read(file, path, name), file));
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    }
    if (expected <= mark.segment()) {
      throw new LogDamagedException(
          directory,
          0,
          "segment "
              + expected
              + " is missing; entries up to "
              + mark.syncedIndex()
              + " were here");
    }
  }

  private void scan() throws IOException {
    for (int i = 0; i < opened.size(); i++) {
      Segment segment = opened.get(i);
      Link before = segment.header().before();
      if (i == 0) {
        tail = before;
      } else if (!tail.equals(before)) {
        throw damaged(segment, 0, "it does not continue the segment before it");
      }
      segments.add(segment);
      load(segment);
      if (i < opened.size() - 1) {
        scan(segment, opened.get(i + 1).header().before().end());
      } else {
        scan(segment, Long.MAX_VALUE);
      }
    }
  }

  /**
   * @param end where the segment after this one says that this one ends
   */
  private void scan(Segment segment, long end) throws IOException {
    boolean last = end == Long.MAX_VALUE;
    while (segment.end() < end) {
      int at = (int) segment.end();
      if (last && at >= writtenEnd) {
        return;
      }
      Header batch = headerAt(at);
      if (batch != null
          && (batch.segment() != segment.header().sequence() || !batch.before().equals(tail))) {
        throw damaged(segment, at, "the batch does not continue the one before it");
      }
      if (batch == null || !fits(batch, at) || !BatchCodec.intact(batch, bytes, at)) {
        if (!last) {
          throw damaged(segment, at, "the batch is broken, and there is a later segment");
        }
        demandLast(segment, at, batch);
        tornBytes = writtenEnd - at;
        return;
      }
      if (!segments.continuesAt(batch.firstIndex())) {
        throw damaged(segment, at, "entries are missing before " + batch.firstIndex());
      }
      segments.added(batch);
      tail = new Link(segment.end(), batch.crc());
      lastBatchAt = at;
    }
  }

  private void demandLast(Segment segment, int at, @Nullable Header broken) throws IOException {
    if (broken != null) {
      if (fits(broken, at) && at + broken.batchBytes() < writtenEnd) {
        throw damaged(segment, at, "the batch is broken, and something was written after it");
      }
      return;
    }
    for (int i = at + BatchCodec.ALIGNMENT; i < size; i += BatchCodec.ALIGNMENT) {
      Header later = headerAt(i);
      if (later != null
          && later.segment() == segment.header().sequence()
          && later.before().end() == i) {
        throw damaged(segment, at, "the batch is broken, and one at byte " + i + " follows it");
      }
    }
  }

  /** Makes what was found durable, and what was torn disappear, before anything is built on it. */
  private void settle() throws IOException {
    if (segments.isEmpty()) {
      return;
    }
    Segment active = segments.active();
    boolean marked = active.header().sequence() == mark.segment();
    if (marked && active.end() < mark.offset()) {
      throw damaged(
          active,
          active.end(),
          "everything before byte "
              + mark.offset()
              + " (entries up to "
              + mark.syncedIndex()
              + ") was synced, and is not readable");
    }
    if (marked && active.end() == mark.offset() && tornBytes == 0) {
      return;
    }
    if (active.hasBatches()) {
      // After a failed sync the last batch may stand in the cache only, marked as written. Writing
      // it again makes the sync below mean something.
      active
          .file()
          .writeAt(
              lastBatchAt, ByteBuffer.wrap(bytes, lastBatchAt, (int) active.end() - lastBatchAt));
    }
    if (tornBytes > 0) {
      LOG.warn(
          "{}: cut {} bytes of an unfinished write at byte {}; the log ends with entry {}",
          active.path(),
          tornBytes,
          active.end(),
          segments.lastIndex());
      active.file().truncate(active.end());
      active.file().truncate(size);
    }
    active.file().sync();
  }

  /** Removes the segments that an interrupted deletePrefix left. */
  private void dropLeftovers(List<String> names) throws IOException {
    boolean dropped = false;
    for (String name : names) {
      if (SegmentHeader.sequenceOf(name) < mark.firstSegment()) {
        disk.delete(directory + "/" + name);
        dropped = true;
      }
    }
    if (dropped) {
      disk.syncDirectory(directory);
    }
  }

  private static LogDamagedException damaged(Segment segment, long at, String reason) {
    return new LogDamagedException(segment.path(), at, reason);
  }

  private void load(Segment segment) throws IOException {
    long length = segment.file().size();
    if (length > MAX_FILE_BYTES) {
      throw damaged(segment, 0, length + " bytes are more than a segment can have");
    }
    size = (int) length;
    if (bytes.length < size) {
      bytes = new byte[size];
    }
    int read = segment.file().read(0, ByteBuffer.wrap(bytes, 0, size));
    if (read < size) {
      throw new IOException(segment.path() + ": only " + read + " of " + size + " bytes read");
    }
    writtenEnd = size;
    while (writtenEnd > 0 && bytes[writtenEnd - 1] == 0) {
      writtenEnd--;
    }
  }

  private @Nullable Header headerAt(int at) {
    return size - at < BatchCodec.HEADER_BYTES ? null : BatchCodec.header(bytes, at);
  }

  private boolean fits(Header batch, int at) {
    return batch.batchBytes() <= size - at;
  }
}
