package io.raftlessons.replication;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.runtime.MapDbFile;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.mapdb.BTreeMap;
import org.mapdb.Serializer;

/**
 * A log in a {@link MapDbFile}: a tree from index to entry, and a sync is a commit. The whole store
 * fits on a page, which makes it the one to read first; the cluster uses {@link SegmentedLogStore},
 * for the reason that MapDbFile gives and because it is many times faster.
 *
 * <p>Each entry has a checksum of its own, because MapDB has none for records. Opening looks at all
 * indexes, and a read at the entries it returns.
 */
public final class MapDbLogStore implements LogStore {
  private static final String CONTENT = "log";
  private static final int FORMAT = 1;
  private static final String ENTRIES = "entries";

  private final MapDbFile file;
  private final BTreeMap<Long, byte[]> entries;
  private long first;
  private long last;

  /**
   * @param path made if it is missing; its directory must exist
   * @throws IOException if the file cannot be opened, is damaged, is something else, or is in use
   */
  public MapDbLogStore(Path path) throws IOException {
    file = new MapDbFile(path, CONTENT, FORMAT);
    try {
      entries =
          file.part(
              db ->
                  db.treeMap(ENTRIES, Serializer.LONG, Serializer.BYTE_ARRAY)
                      .valuesOutsideNodesEnable()
                      .createOrOpen());
      demandNoHole();
    } catch (IOException e) {
      file.closeAfter(e);
      throw e;
    }
  }

  private void demandNoHole() throws IOException {
    List<Long> indexes = file.read(() -> List.copyOf(entries.getKeys()));
    for (long index : indexes) {
      if (last != 0 && index != last + 1) {
        throw damaged(last + 1, "is missing, but there is one with index " + index);
      }
      first = first == 0 ? index : first;
      last = index;
    }
  }

  @Override
  public long firstIndex() throws IOException {
    file.demandUsable();
    return first;
  }

  @Override
  public long lastIndex() throws IOException {
    file.demandUsable();
    return last;
  }

  @Override
  public List<Entry> read(long from, long maxBytes) throws IOException {
    file.demandUsable();
    LogStoreChecks.readable(from, first, last);
    EntryCollector collected = new EntryCollector(from, maxBytes);
    while (!collected.full() && collected.next() <= last) {
      collected.offer(entry(collected.next()));
    }
    return collected.entries();
  }

  private Entry entry(long index) throws IOException {
    byte @Nullable [] bytes = file.read(() -> entries.get(index));
    if (bytes == null) {
      throw damaged(index, "is missing");
    }
    if (bytes.length < Integer.BYTES || ByteBuffer.wrap(bytes).getInt() != crc(bytes)) {
      throw damaged(index, "is not what was written: its checksum is wrong");
    }
    try {
      Entry entry = Entry.parser().parseFrom(bytes, Integer.BYTES, bytes.length - Integer.BYTES);
      if (entry.getIndex() != index) {
        throw damaged(index, "is not there, but entry " + entry.getIndex() + " in its place");
      }
      return entry;
    } catch (InvalidProtocolBufferException e) {
      throw damaged(index, "cannot be parsed: " + e.getMessage());
    }
  }

  private static byte[] framed(Entry entry) {
    byte[] bytes = new byte[Integer.BYTES + entry.getSerializedSize()];
    ByteBuffer.wrap(bytes).position(Integer.BYTES).put(entry.toByteArray());
    ByteBuffer.wrap(bytes).putInt(crc(bytes));
    return bytes;
  }

  private static int crc(byte[] framed) {
    CRC32C crc = new CRC32C();
    crc.update(framed, Integer.BYTES, framed.length - Integer.BYTES);
    return (int) crc.getValue();
  }

  private IOException damaged(long index, String reason) {
    return new IOException(
        file + " is damaged: entry " + index + " " + reason + ". " + LogDamagedException.ADVICE);
  }

  @Override
  public void write(long from, List<Entry> added) throws IOException {
    file.demandUsable();
    LogStoreChecks.writable(from, added, first, last);
    file.write(
        () -> {
          remove(from, last);
          for (Entry entry : added) {
            entries.put(entry.getIndex(), framed(entry));
          }
        });
    holds(last == 0 ? from : first, from + added.size() - 1);
  }

  @Override
  public void sync() throws IOException {
    file.commit();
  }

  /** {@inheritDoc} All of them go, at once and durably; what was written is synced with it. */
  @Override
  public void deletePrefix(long index) throws IOException {
    file.demandUsable();
    if (last == 0 || index < first) {
      return;
    }
    long gone = Math.min(index, last);
    file.write(() -> remove(first, gone));
    holds(gone + 1, last);
    file.commit();
  }

  private void remove(long from, long to) {
    for (long index = from; index <= to; index++) {
      entries.remove(index);
    }
  }

  private void holds(long newFirst, long newLast) {
    boolean nothing = newLast < newFirst;
    first = nothing ? 0 : newFirst;
    last = nothing ? 0 : newLast;
  }

  /** Syncs what was written and closes the file. */
  @Override
  public void close() throws IOException {
    file.commitAndClose();
  }
}
