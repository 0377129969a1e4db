package io.raftlessons.replication;

import io.raftlessons.replication.BatchCodec.Link;
import io.raftlessons.runtime.Disk;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A log in append-only files of bounded size, the segments.
 *
 * <p><b>Writes.</b> {@link #write} only collects; {@link #sync} writes what was collected as one
 * batch, with one call, and syncs the file. So every batch but the last was synced before the next
 * one was begun, and a crash, whatever it does to the order of sectors, can harm the last one only.
 * Each batch carries the place and the checksum of the one before it. A collection that outgrows
 * {@link Options#maxBatchBytes} is written and synced by itself, before it is asked for.
 *
 * <p><b>Cutting off a suffix</b> is no operation on files: a batch that begins at or below the last
 * index supersedes what was there, and recovery reads the batches in the order they were written.
 * One batch is whole or it is not, so after a crash the log is the old one or the new one, never
 * one with a hole, and entries before the cut are not touched. (Files cut front to back left holes
 * in braft, pull request 119.) Superseded entries take space until their segment is dropped.
 *
 * <p><b>Recovery</b> cuts an unfinished last batch, and zeroes it durably before anything is
 * appended. Everything else that is not as it was written throws {@link LogDamagedException}; so
 * does a cut before the {@link SyncedMark}. The limit: decay in the last batch, if the store was
 * not closed after it, looks like an unfinished write and is cut.
 *
 * <p><b>Files</b>: {@code <sequence>-<first index>.log}, {@code synced} (the mark), and while they
 * are made {@code next.prepared}, {@code segment.tmp} and {@code synced.tmp}. The owner of the
 * directory holds its lock.
 *
 * <p>Blocking; used by one thread. A sync that runs out of space poisons the store like any other
 * failure; opened again with space, it has everything that was synced.
 */
public final class SegmentedLogStore implements LogStore {
  private static final String PREPARED = "next.prepared";
  private static final String TEMPORARY = "segment.tmp";

  /**
   * @param directory name on the disk, made if it is missing
   * @param segmentBytes the size of a segment, 512 bytes to 256 MiB; a larger batch gets a larger
   *     one
   * @param maxEntryBytes the largest entry, serialized, 1 to {@code maxBatchBytes}
   * @param maxBatchBytes how much is collected before it is written unasked, 1 to 32 MiB
   */
  public record Options(String directory, int segmentBytes, int maxEntryBytes, int maxBatchBytes) {
    public Options {
      boolean sane =
          !directory.isEmpty()
              && segmentBytes >= 512
              && segmentBytes <= 256 << 20
              && maxEntryBytes >= 1
              && maxEntryBytes <= maxBatchBytes
              && maxBatchBytes <= 32 << 20;
      if (!sane) {
        throw new IllegalArgumentException(
            "out of range: segments of %d, entries of %d, batches of %d bytes in '%s'"
                .formatted(segmentBytes, maxEntryBytes, maxBatchBytes, directory));
      }
    }

    /** Segments of 16 MiB, entries up to 4 MiB, batches up to 8 MiB. */
    public static Options defaults(String directory) {
      return new Options(directory, 16 << 20, 4 << 20, 8 << 20);
    }
  }

  private final Disk disk;
  private final Options options;
  private final Preallocator preallocator;
  private final SegmentList segments;
  private final BatchCodec codec = new BatchCodec();
  private final int recoveredTornBytes;
  private long firstSegment;
  private Link tail;

  /** What was written and not synced: from {@code pendingFrom} on the log becomes these. */
  private final List<Entry> pending = new ArrayList<>();

  private long pendingFrom;
  private int pendingBytes;
  private boolean hasPending;
  private @Nullable Throwable failure;
  private boolean closed;

  private SegmentedLogStore(
      Disk disk, EventLoop preallocation, Options options, SegmentRecovery.Recovered recovered) {
    this.disk = disk;
    this.options = options;
    this.segments = recovered.segments();
    this.tail = recovered.tail();
    this.firstSegment = recovered.mark().firstSegment();
    this.recoveredTornBytes = recovered.tornBytes();
    this.preallocator =
        new Preallocator(disk, preallocation, path(PREPARED), options.segmentBytes());
  }

  /**
   * Opens the log in a directory, and begins one if there is none.
   *
   * @param preallocation a loop on which the next segment may be filled with zeros; not the
   *     caller's
   * @throws LogDamagedException if the log is not what was written
   */
  public static SegmentedLogStore open(Disk disk, EventLoop preallocation, Options options)
      throws IOException {
    SegmentRecovery.Recovered recovered =
        SegmentRecovery.recover(
            disk, options.directory(), List.of(PREPARED, TEMPORARY, SyncedMark.TEMPORARY));
    SegmentedLogStore store = new SegmentedLogStore(disk, preallocation, options, recovered);
    store.preallocator.start();
    return store;
  }

  /** How many bytes of an unfinished write were cut off when the store was opened. */
  public int recoveredTornBytes() {
    return recoveredTornBytes;
  }

  @Override
  public long firstIndex() throws IOException {
    demandUsable();
    return first();
  }

  @Override
  public long lastIndex() throws IOException {
    demandUsable();
    return last();
  }

  private long first() {
    long first = segments.firstIndex();
    if (!hasPending || (first != 0 && first < pendingFrom)) {
      return first;
    }
    return pending.isEmpty() ? 0 : pendingFrom;
  }

  private long last() {
    if (!hasPending) {
      return segments.lastIndex();
    }
    return first() == 0 ? 0 : pendingFrom + pending.size() - 1;
  }

  @Override
  public List<Entry> read(long from, long maxBytes) throws IOException {
    demandUsable();
    LogStoreChecks.readable(from, first(), last());
    EntryCollector collected = new EntryCollector(from, maxBytes);
    segments.read(collected, hasPending ? pendingFrom - 1 : Long.MAX_VALUE);
    while (!collected.full() && hasPending && collected.next() < pendingFrom + pending.size()) {
      collected.offer(pending.get((int) (collected.next() - pendingFrom)));
    }
    return collected.entries();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the place is not allowed, the entries are not consecutive,
   *     or one is larger than {@link Options#maxEntryBytes}; nothing was written then
   */
  @Override
  public void write(long from, List<Entry> entries) throws IOException {
    demandUsable();
    LogStoreChecks.writable(from, entries, first(), last());
    for (Entry entry : entries) {
      if (entry.getSerializedSize() > options.maxEntryBytes()) {
        throw new IllegalArgumentException(
            "entry %d has %d bytes, more than %d"
                .formatted(entry.getIndex(), entry.getSerializedSize(), options.maxEntryBytes()));
      }
    }
    if (entries.isEmpty() && from > last()) {
      return;
    }
    if (hasPending && from > pendingFrom + pending.size()) {
      // The log was cut to nothing and goes on elsewhere: two batches.
      sync();
    }
    cutPending(from);
    for (Entry entry : entries) {
      int bytes = BatchCodec.entryBytes(entry);
      if (!pending.isEmpty() && pendingBytes + bytes > options.maxBatchBytes()) {
        sync();
        cutPending(entry.getIndex());
      }
      pending.add(entry);
      pendingBytes += bytes;
    }
  }

  private void cutPending(long from) {
    if (!hasPending || from < pendingFrom) {
      hasPending = true;
      pendingFrom = from;
      clearPending();
      return;
    }
    List<Entry> cut = pending.subList((int) (from - pendingFrom), pending.size());
    for (Entry entry : cut) {
      pendingBytes -= BatchCodec.entryBytes(entry);
    }
    cut.clear();
  }

  private void clearPending() {
    pending.clear();
    pendingBytes = 0;
  }

  @Override
  public void sync() throws IOException {
    demandUsable();
    if (hasPending) {
      poisonOnFailure(this::writeBatch);
    }
  }

  private void writeBatch() throws IOException {
    int size = BatchCodec.batchBytes(pendingBytes);
    if (segments.isEmpty() || !fitsActive(size)) {
      roll();
    }
    Segment active = segments.active();
    BatchCodec.Header batch =
        codec.encode(active.header().sequence(), tail, pendingFrom, pending, pendingBytes);
    active.file().writeAt(active.end(), codec.encoded());
    active.file().sync();
    segments.added(batch);
    tail = new Link(active.end(), batch.crc());
    hasPending = false;
    clearPending();
  }

  private boolean fitsActive(int size) {
    Segment active = segments.active();
    return !active.hasBatches() || active.end() + size <= options.segmentBytes();
  }

  private void roll() throws IOException {
    long sequence = segments.isEmpty() ? firstSegment : segments.active().header().sequence() + 1;
    SegmentHeader header = new SegmentHeader(sequence, pendingFrom, tail);
    String path = path(header.name());
    Disk.File prepared = preallocator.take();
    String made = prepared == null ? path(TEMPORARY) : preallocator.path();
    Disk.File file = prepared == null ? disk.open(made) : prepared;
    segments.add(new Segment(path, header, file));
    file.writeAt(0, header.encode());
    file.sync();
    disk.rename(made, path);
    disk.syncDirectory(options.directory());
    saveMark();
    preallocator.start();
  }

  private void saveMark() throws IOException {
    if (!segments.isEmpty()) {
      Segment active = segments.active();
      new SyncedMark(firstSegment, active.header().sequence(), active.end(), segments.lastIndex())
          .save(disk, options.directory());
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Only whole segments are dropped, unless nothing above {@code index} is left: then the store
   * is empty, and the next write may begin anywhere. Syncs what was written.
   */
  @Override
  public void deletePrefix(long index) throws IOException {
    demandUsable();
    long last = last();
    if (last == 0 || index < first()) {
      return;
    }
    if (index >= last) {
      write(first(), List.of());
    }
    sync();
    poisonOnFailure(() -> drop(segments.droppable(index)));
  }

  private void drop(int count) throws IOException {
    if (count == 0) {
      return;
    }
    // The mark comes first: from here on the old segments are leftovers, in whatever order a crash
    // lets them disappear.
    firstSegment = segments.get(count).header().sequence();
    saveMark();
    for (int i = 0; i < count; i++) {
      Segment segment = segments.removeOldest();
      segment.close();
      disk.delete(segment.path());
    }
    disk.syncDirectory(options.directory());
  }

  /** Syncs what was written, notes that the stop was a clean one, and closes the files. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    try {
      if (failure == null) {
        sync();
        poisonOnFailure(this::saveMark);
      }
    } finally {
      closed = true;
      try {
        preallocator.close();
      } finally {
        segments.close();
      }
    }
  }

  private String path(String name) {
    return options.directory() + "/" + name;
  }

  private void demandUsable() throws IOException {
    if (failure != null) {
      throw new IOException("the log store stopped after a failure: " + failure, failure);
    }
    if (closed) {
      throw new IOException("the log store is closed");
    }
  }

  private interface DiskWork {
    void run() throws IOException;
  }

  /** After a failed write nobody knows what the disk holds, and a second sync may lie. */
  private void poisonOnFailure(DiskWork work) throws IOException {
    try {
      work.run();
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
      throw e;
    }
  }
}
