package io.raftlessons.runtime;

import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.nio.file.Path;
import org.mapdb.Atomic;
import org.mapdb.DB;
import org.mapdb.DBException;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

/**
 * Keeps the hard state in a MapDB file: transactions with a write-ahead log, no memory mapping.
 *
 * <p>MapDB opens its files itself, so it cannot run on a {@link Disk}: this store is tested with
 * real files and never with simulated crashes. It is not the cluster's default, because in some
 * trials with {@code kill -9} MapDB's write-ahead log did not come back whole. {@link
 * FileStableStore} is.
 */
public final class MapDbStableStore implements StableStore {
  private static final String RECORD = "hard-state";

  private final Path path;
  private final DB db;
  private final Atomic.Var<byte[]> record;
  private final PoisonPill poison = new PoisonPill();
  private boolean closed;

  /**
   * @param path made if it is missing; its directory must exist
   * @throws IOException if the file cannot be opened, is damaged, or is in use
   */
  public MapDbStableStore(Path path) throws IOException {
    this.path = path;
    DB opened = null;
    try {
      opened = DBMaker.fileDB(path.toFile()).transactionEnable().make();
      this.record = opened.atomicVar(RECORD, Serializer.BYTE_ARRAY).createOrOpen();
      opened.commit();
      this.db = opened;
    } catch (DBException e) {
      if (opened != null) {
        opened.close();
      }
      throw new IOException("cannot open " + path + " with MapDB: " + e.getMessage(), e);
    }
  }

  @Override
  public HardState load() throws IOException {
    check();
    byte[] framed;
    try {
      framed = record.get();
    } catch (DBException e) {
      throw new IOException("cannot read " + path + " with MapDB: " + e.getMessage(), e);
    }
    if (framed == null || framed.length == 0) {
      return HardState.getDefaultInstance();
    }
    String name = path.toString();
    return HardStates.parse(
        name, CheckedFile.payload(name, framed, HardStates.MAGIC, HardStates.VERSION));
  }

  @Override
  public void save(HardState state) throws IOException {
    check();
    try {
      record.set(CheckedFile.frame(state.toByteArray(), HardStates.MAGIC, HardStates.VERSION));
      db.commit();
    } catch (RuntimeException e) {
      poison.swallow(e);
      throw new IOException("cannot write " + path + " with MapDB: " + e.getMessage(), e);
    }
  }

  private void check() throws IOException {
    poison.check(path.toString());
    if (closed) {
      throw new IOException(path + " is closed");
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try {
        db.close();
      } catch (DBException e) {
        throw new IOException("cannot close " + path + ": " + e.getMessage(), e);
      }
    }
  }
}
