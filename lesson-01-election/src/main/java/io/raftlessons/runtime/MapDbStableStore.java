package io.raftlessons.runtime;

import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.mapdb.Atomic;
import org.mapdb.Serializer;

/**
 * Keeps the hard state in a {@link MapDbFile}, as one record. Easy to read, and good for a first
 * look at Raft; the cluster uses {@link FileStableStore}, for the reason that MapDbFile gives.
 */
public final class MapDbStableStore implements StableStore {
  private static final String CONTENT = "hard state";
  private static final String RECORD = "hard-state";

  private final MapDbFile file;
  private final Atomic.Var<byte[]> record;

  /**
   * @param path made if it is missing; its directory must exist
   * @throws IOException if the file cannot be opened, is damaged, is something else, or is in use
   */
  public MapDbStableStore(Path path) throws IOException {
    file = new MapDbFile(path, CONTENT, HardStates.VERSION);
    try {
      record = file.part(db -> db.atomicVar(RECORD, Serializer.BYTE_ARRAY).createOrOpen());
    } catch (IOException e) {
      file.closeAfter(e);
      throw e;
    }
  }

  @Override
  public HardState load() throws IOException {
    byte @Nullable [] framed = file.read(record::get);
    if (framed == null || framed.length == 0) {
      return HardState.getDefaultInstance();
    }
    String name = file.toString();
    return HardStates.parse(
        name, CheckedFile.payload(name, framed, HardStates.MAGIC, HardStates.VERSION));
  }

  @Override
  public void save(HardState state) throws IOException {
    byte[] framed = CheckedFile.frame(state.toByteArray(), HardStates.MAGIC, HardStates.VERSION);
    file.write(() -> record.set(framed));
    file.commit();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
