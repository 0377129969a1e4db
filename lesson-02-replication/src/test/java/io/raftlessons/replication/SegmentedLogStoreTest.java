package io.raftlessons.replication;

import java.io.IOException;
import java.util.Random;

class SegmentedLogStoreTest implements LogStoreContract {
  private final SimStorage storage = new SimStorage(1);

  @Override
  public LogStore create() throws IOException {
    return storage.open();
  }

  @Override
  public LogStore between(LogStore store, Random random) throws IOException {
    if (random.nextBoolean()) {
      storage.loop.runAll();
      return store;
    }
    store.close();
    return storage.open();
  }
}
