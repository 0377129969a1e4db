package io.raftlessons.replication;

import io.raftlessons.core.Driver;
import java.io.IOException;

/** Writes the log to its store. */
final class LogStoreWriter implements Driver.Writer<LogWrite> {
  private final LogStore store;

  LogStoreWriter(LogStore store) {
    this.store = store;
  }

  @Override
  public void write(LogWrite write) throws IOException {
    if (write instanceof LogWrite.WriteLog entries) {
      store.write(entries.from(), entries.entries());
    } else if (write instanceof LogWrite.TrimLog trim) {
      store.deletePrefix(trim.index());
    } else {
      store.deletePrefix(store.lastIndex());
    }
  }

  @Override
  public void sync() throws IOException {
    store.sync();
  }
}
