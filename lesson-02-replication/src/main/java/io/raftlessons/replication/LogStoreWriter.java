package io.raftlessons.replication;

import io.raftlessons.core.Driver;
import java.io.IOException;

/** Writes the log to its store. */
final class LogStoreWriter implements Driver.Writer<LogWrite.WriteLog> {
  private final LogStore store;

  LogStoreWriter(LogStore store) {
    this.store = store;
  }

  @Override
  public void write(LogWrite.WriteLog write) throws IOException {
    store.write(write.from(), write.entries());
  }

  @Override
  public void sync() throws IOException {
    store.sync();
  }
}
