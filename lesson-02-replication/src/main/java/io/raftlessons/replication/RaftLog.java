package io.raftlessons.replication;

import io.raftlessons.core.LogView;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The log as the core sees it (Figure 2, log[]). The newest entries are in memory, and so is the
 * term of every entry; older entries are read back from the {@link LogStore} when a follower far
 * behind, or a restarted machine, needs them. Changed by {@link Replication} only.
 *
 * <p>With snapshots (§7) it begins behind its {@link #boundary}, whose term it still knows. The
 * boundary and what is before it is committed, so it is the same on all servers.
 */
public final class RaftLog implements LogView {
  private final TermRuns terms = new TermRuns();
  private final long maxCachedBytes;

  /** Entries {@code firstCached} to {@code lastIndex}. */
  private final List<Entry> cache = new ArrayList<>();

  /** How many entries at the head of the list were given up but not yet removed from it. */
  private int evicted;

  private long firstCached = 1;
  private long cachedBytes;
  private long boundary;
  private long boundaryTime;
  private long snapshotIndex;
  private long lastIndex;
  private long persistedIndex;
  private long unpersistedBytes;

  private long nextSequence = 1;
  private long lastTruncation;
  private long unwrittenFrom = Long.MAX_VALUE;

  private RaftLog(long maxCachedBytes) {
    this.maxCachedBytes = maxCachedBytes;
  }

  /**
   * The log that a store holds. Reads it all once, so it belongs on the I/O loop.
   *
   * @param maxCachedBytes how much of the newest entries stays in memory, by serialized size
   * @throws IOException if the store cannot be read, or what it holds is no log
   */
  public static RaftLog load(LogStore store, long maxCachedBytes) throws IOException {
    return load(store, maxCachedBytes, LogStart.BEGINNING, entry -> {});
  }

  /**
   * As {@link #load(LogStore, long)}, for who needs to see the whole log at the start, or has a
   * snapshot.
   *
   * @param snapshot where the newest snapshot ends: at an entry that the store has, or has just
   *     given up
   * @param each is shown every entry, in order, once it is known to follow the one before
   */
  public static RaftLog load(
      LogStore store, long maxCachedBytes, LogStart snapshot, Consumer<Entry> each)
      throws IOException {
    RaftLog log = new RaftLog(maxCachedBytes);
    log.snapshotIndex = snapshot.index();
    log.startAt(firstBoundary(store, snapshot));
    long last = store.lastIndex();
    while (log.lastIndex < last) {
      for (Entry entry : store.read(log.lastIndex + 1, 1 << 20)) {
        if (entry.getIndex() != log.lastIndex + 1 || entry.getTerm() < log.lastTerm()) {
          throw new IOException(
              "entry "
                  + entry.getIndex()
                  + " of term "
                  + entry.getTerm()
                  + " cannot follow entry "
                  + log.lastIndex
                  + " of term "
                  + log.lastTerm());
        }
        log.add(entry);
        each.accept(entry);
      }
      log.persistedIndex = log.lastIndex;
      log.evict(log.lastIndex);
    }
    return log;
  }

  private static LogStart firstBoundary(LogStore store, LogStart snapshot) throws IOException {
    long first = store.firstIndex();
    if (first > snapshot.index() + 1) {
      throw new IOException(
          snapshot.index() == 0
              ? "the log starts at index " + first + ", and nothing covers what is before"
              : "the log starts at index "
                  + first
                  + ", the newest snapshot ends at "
                  + snapshot.index()
                  + ", and nothing covers what is between");
    }
    if (first == 0 || first == snapshot.index() + 1) {
      return snapshot;
    }
    if (store.lastIndex() < snapshot.index()) {
      throw new IllegalArgumentException("the snapshot covers the whole log: give it up first");
    }
    // Nobody knows any more what was before the first entry, so it is the boundary itself.
    Entry entry = store.read(first, 1).get(0);
    return new LogStart(first, entry.getTerm(), entry.getTime());
  }

  private void startAt(LogStart start) {
    cache.clear();
    evicted = 0;
    cachedBytes = 0;
    unpersistedBytes = 0;
    terms.startAt(start.index(), start.term());
    boundary = start.index();
    boundaryTime = start.timeMillis();
    lastIndex = boundary;
    persistedIndex = boundary;
    firstCached = boundary + 1;
  }

  /** The index before the first entry of the log; 0 if it has all from the beginning. */
  public long boundary() {
    return boundary;
  }

  /** Where the snapshot ended that this server started from; 0 if there was none. */
  public long snapshotIndex() {
    return snapshotIndex;
  }

  /** Log time of the last entry, or of the boundary if there is none; 0 for a new log. */
  long lastTime() {
    return cached(lastIndex) ? get(lastIndex).getTime() : boundaryTime;
  }

  @Override
  public long lastIndex() {
    return lastIndex;
  }

  @Override
  public long lastTerm() {
    return terms.at(lastIndex);
  }

  /** The term at an index from {@link #boundary} to {@link #lastIndex}; at 0 it is 0. */
  public long termAt(long index) {
    if (index < boundary || index > lastIndex) {
      throw new IllegalArgumentException(
          "index " + index + " is not in " + boundary + ".." + lastIndex);
    }
    return terms.at(index);
  }

  /**
   * Whether the log has this very entry. Same index and term: same entry, and the same before it.
   */
  public boolean has(long index, long term) {
    return index >= boundary && index <= lastIndex && terms.at(index) == term;
  }

  /** Whether the log has this entry, or had it: what is before the boundary is committed. */
  boolean covers(long index, long term) {
    return index < boundary || has(index, term);
  }

  /** Up to which index the own disk has the log. */
  public long persistedIndex() {
    return persistedIndex;
  }

  /** Serialized size of the entries that the own disk does not have yet. */
  public long unpersistedBytes() {
    return unpersistedBytes;
  }

  /**
   * The largest index up to {@code index} whose term is at most {@code term} (conflict hints); 0 if
   * there is none from the boundary on.
   */
  public long conflictHint(long term, long index) {
    return terms.lastIndexWithTermAtMost(term, Math.min(index, lastIndex));
  }

  /** Whether the entry is in memory. */
  public boolean cached(long index) {
    return index >= firstCached && index <= lastIndex;
  }

  /**
   * Entries {@code from} to {@code to}, at least one, no more than {@code maxBytes} of them unless
   * the first alone is larger. The first must be {@link #cached}.
   */
  public List<Entry> slice(long from, long to, long maxBytes) {
    int start = position(from);
    int end = position(Math.min(to, lastIndex)) + 1;
    long bytes = 0;
    int stop = start;
    while (stop < end) {
      bytes += cache.get(stop).getSerializedSize();
      if (bytes > maxBytes && stop > start) {
        break;
      }
      stop++;
    }
    return List.copyOf(cache.subList(start, stop));
  }

  /** The entry at a {@link #cached} index. */
  public Entry get(long index) {
    return cache.get(position(index));
  }

  private int position(long index) {
    if (!cached(index)) {
      throw new IllegalArgumentException(
          "entry " + index + " is not in memory (" + firstCached + ".." + lastIndex + ")");
    }
    return (int) (index - firstCached) + evicted;
  }

  /** Adds an entry at {@code lastIndex + 1}. */
  void append(Entry entry) {
    if (entry.getIndex() != lastIndex + 1) {
      throw new IllegalArgumentException(
          "entry " + entry.getIndex() + " cannot follow entry " + lastIndex);
    }
    unwrittenFrom = Math.min(unwrittenFrom, entry.getIndex());
    unpersistedBytes += entry.getSerializedSize();
    add(entry);
  }

  private void add(Entry entry) {
    terms.append(entry.getIndex(), entry.getTerm());
    cache.add(entry);
    cachedBytes += entry.getSerializedSize();
    lastIndex = entry.getIndex();
  }

  /** Removes the entries from {@code from} on. */
  void truncate(long from) {
    for (long index = lastIndex; index >= Math.max(from, firstCached); index--) {
      int bytes = cache.remove(cache.size() - 1).getSerializedSize();
      cachedBytes -= bytes;
      unpersistedBytes -= index > persistedIndex ? bytes : 0;
    }
    terms.truncate(from);
    lastIndex = from - 1;
    firstCached = Math.min(firstCached, from);
    if (cache.size() == evicted) {
      cache.clear();
      evicted = 0;
      firstCached = from;
    }
    persistedIndex = Math.min(persistedIndex, lastIndex);
    lastTruncation = nextSequence;
    unwrittenFrom = Math.min(unwrittenFrom, from);
  }

  /** What changed since the last call, as one write; empty if nothing did. */
  Optional<LogWrite.WriteLog> takeWrite() {
    if (unwrittenFrom == Long.MAX_VALUE) {
      return Optional.empty();
    }
    long from = unwrittenFrom;
    unwrittenFrom = Long.MAX_VALUE;
    List<Entry> entries = from > lastIndex ? List.of() : slice(from, lastIndex, Long.MAX_VALUE);
    return Optional.of(new LogWrite.WriteLog(nextSequence++, from, entries));
  }

  /**
   * The write is on disk. It counts only if nothing it wrote was truncated since: comparing terms
   * would not see an entry written, truncated and written again.
   */
  void persisted(LogWrite.WriteLog write) {
    if (write.sequence() >= lastTruncation) {
      long last = write.from() + write.entries().size() - 1;
      for (long index = persistedIndex + 1; index <= last; index++) {
        unpersistedBytes -= get(index).getSerializedSize();
      }
      persistedIndex = last;
    }
  }

  /**
   * Forgets the entries up to {@code index}, as far as they are on disk; the last of them is the
   * new boundary.
   *
   * @return the boundary
   */
  long compact(long index) {
    long last = Math.min(index, persistedIndex);
    if (last <= boundary) {
      return boundary;
    }
    if (last == lastIndex) {
      boundaryTime = lastTime();
    }
    while (firstCached <= last) {
      giveUpFirst();
    }
    dropEvicted();
    terms.forgetBefore(last);
    boundary = last;
    return boundary;
  }

  /** A snapshot takes the place of the whole log. */
  void reset(LogStart snapshot) {
    startAt(snapshot);
    lastTruncation = nextSequence;
    unwrittenFrom = Long.MAX_VALUE;
  }

  /**
   * Gives up cached entries up to {@code upTo} while there is more in memory than allowed. What is
   * not on disk stays, and so does the last entry.
   */
  void evict(long upTo) {
    long last = Math.min(upTo, persistedIndex);
    while (cachedBytes > maxCachedBytes && firstCached <= last && firstCached < lastIndex) {
      giveUpFirst();
    }
    dropEvicted();
  }

  private void giveUpFirst() {
    Entry entry = cache.get(evicted);
    cache.set(evicted, Entry.getDefaultInstance());
    evicted++;
    firstCached++;
    cachedBytes -= entry.getSerializedSize();
  }

  private void dropEvicted() {
    if (evicted > 1024 && evicted > cache.size() / 2) {
      cache.subList(0, evicted).clear();
      evicted = 0;
    }
  }

  /**
   * Of entries that were read from the store, the first ones that are still in this log: a
   * truncation may have come since, or a later leader's entries.
   */
  List<Entry> stillThere(long from, List<Entry> read) {
    int count = 0;
    for (Entry entry : read) {
      if (entry.getIndex() != from + count || !has(entry.getIndex(), entry.getTerm())) {
        break;
      }
      count++;
    }
    return read.subList(0, count);
  }

  /** The terms of the last few entries, as "index:term" text. */
  void describe(StringBuilder text) {
    text.append(" log=[");
    long from = Math.max(boundary + 1, lastIndex - 9);
    if (boundary > 0) {
      text.append("after ").append(boundary).append(':').append(terms.at(boundary)).append(' ');
    }
    if (from > boundary + 1) {
      text.append("... ");
    }
    for (long i = from; i <= lastIndex; i++) {
      text.append(i == from ? "" : " ").append(i).append(':').append(terms.at(i));
    }
    text.append("] persisted=").append(persistedIndex);
  }
}
