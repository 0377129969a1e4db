package io.raftlessons.snapshots;

import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.util.List;

/**
 * Where snapshots are kept. HashiCorp's SnapshotStore in Java's idiom; the differences: a snapshot
 * is there only once it was published, {@link #list} hides nothing that is damaged, and what is
 * opened was verified before.
 *
 * <p>A snapshot's content has a size in bytes and a checksum, see {@link SnapshotChecksum}.
 *
 * <p>Blocking; used by one loop at a time.
 */
public interface SnapshotStore {
  /**
   * Begins a snapshot. Nobody sees it before {@link SnapshotSink#publish}.
   *
   * @param meta index, term, configuration and its index. Of a snapshot taken here the id is empty,
   *     and the store gives it one, {@code {term}-{index}-{milliseconds}}. A snapshot that comes
   *     from another server brings its id, size and checksum; these are verified when it is
   *     published.
   * @throws IllegalArgumentException if the meta cannot be one: index or term below 1, no server in
   *     the configuration, a configuration of a later index, an id that is no plain name
   */
  SnapshotSink create(SnapshotMeta meta) throws IOException;

  /**
   * The published ones whose meta can be read, newest first: by index, then by id. Their content
   * was not looked at.
   *
   * @throws io.raftlessons.runtime.UnknownFormatException if another release wrote one
   */
  List<SnapshotMeta> list() throws IOException;

  /**
   * The published ones whose meta cannot be read. Whoever chooses a snapshot says which of these it
   * passed over: one may be the newest.
   */
  List<DamagedSnapshot> damaged() throws IOException;

  /**
   * How far the log may be cut: to the end of the oldest snapshot that is kept. If the newest turns
   * out to be damaged, an older one and the log behind it still give the state.
   *
   * @return an index; 0 if nothing is kept, and nothing may be cut
   */
  default long mayCutTo() throws IOException {
    List<SnapshotMeta> kept = list();
    return kept.isEmpty() ? 0 : kept.get(kept.size() - 1).getIndex();
  }

  /**
   * Opens one for reading, after all of its content was read and found to have the size and the
   * checksum of its meta.
   *
   * @throws SnapshotDamagedException if it is not what was published
   * @throws IOException if there is no such snapshot, or it cannot be read
   */
  SnapshotSource open(String id) throws IOException;
}
