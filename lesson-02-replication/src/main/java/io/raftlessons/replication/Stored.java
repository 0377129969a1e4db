package io.raftlessons.replication;

import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * A server's stores and what was in them at its start.
 *
 * @param log what {@code logStore} held; from then on it is ahead of it
 */
public record Stored(StableStore stable, LogStore logStore, HardState hardState, RaftLog log) {
  /**
   * Reads the stores. On the I/O loop, or before anything runs there.
   *
   * @param maxCachedBytes as for {@link RaftLog#load(LogStore, long)}
   * @param each is shown every entry of the log, in order
   * @throws IOException if a store cannot be read, or the two contradict each other
   */
  public static Stored load(
      StableStore stable, LogStore logStore, long maxCachedBytes, Consumer<Entry> each)
      throws IOException {
    return load(stable, logStore, LogStart.BEGINNING, maxCachedBytes, each);
  }

  /**
   * As the other one, where a snapshot covers the beginning.
   *
   * @param snapshot as for {@link RaftLog#load(LogStore, long, LogStart, Consumer)}
   */
  public static Stored load(
      StableStore stable,
      LogStore logStore,
      LogStart snapshot,
      long maxCachedBytes,
      Consumer<Entry> each)
      throws IOException {
    HardState hardState = stable.load();
    RaftLog log = RaftLog.load(logStore, maxCachedBytes, snapshot, each);
    if (log.lastTerm() > hardState.getCurrentTerm()) {
      throw new IOException(
          "the log has an entry of term "
              + log.lastTerm()
              + " but the hard state says term "
              + hardState.getCurrentTerm()
              + ": one of the two is from another time. Restore both from the same backup, or remove"
              + " this server and let it join again.");
    }
    return new Stored(stable, logStore, hardState, log);
  }
}
