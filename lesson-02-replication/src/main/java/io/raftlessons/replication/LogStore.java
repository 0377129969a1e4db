package io.raftlessons.replication;

import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.List;

/**
 * Keeps the entries of a server's log. HashiCorp's LogStore in Java's idiom; the differences: a
 * write is durable only after {@link #sync}, and truncation and append are one write.
 *
 * <p>Blocking; used by the I/O loop only. After an IOException from a write or a sync the store is
 * poisoned: every later call fails.
 */
public interface LogStore extends AutoCloseable {
  /** Index of the first entry; 0 if the store is empty. */
  long firstIndex() throws IOException;

  /** Index of the last entry; 0 if the store is empty. */
  long lastIndex() throws IOException;

  /**
   * The entries from {@code from} on, in order: at least one if there is one, more while their
   * serialized size stays within {@code maxBytes}.
   *
   * @throws IOException if {@code from} is outside [firstIndex, lastIndex], or the data is damaged
   */
  List<Entry> read(long from, long maxBytes) throws IOException;

  /**
   * From {@code from} on the log becomes these entries: what it had there is cut off, then they are
   * appended.
   *
   * @param from the index of the first of the entries; at most lastIndex + 1 unless the store is
   *     empty, and at least firstIndex
   * @param entries consecutive; may be empty (only cut)
   */
  void write(long from, List<Entry> entries) throws IOException;

  /** Makes all writes before it durable. */
  void sync() throws IOException;

  /**
   * The entries up to and including {@code index} are no longer needed. The store may keep some of
   * them, and then firstIndex says so.
   */
  void deletePrefix(long index) throws IOException;

  @Override
  void close() throws IOException;
}
