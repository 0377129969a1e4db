package io.raftlessons.replication.kill9;

import com.google.protobuf.ByteString;
import io.raftlessons.replication.LogStore;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A log; a record is an entry of 256 bytes and a few more. */
final class LogSubject implements Subject {
  private static final int BYTES = 256;

  private final LogStore store;

  LogSubject(LogStore store) {
    this.store = store;
  }

  private static Entry entry(long index) {
    byte[] data = new byte[BYTES];
    new SplittableRandom(index).nextBytes(data);
    return Entry.newBuilder().setIndex(index).setTerm(1).setData(ByteString.copyFrom(data)).build();
  }

  @Override
  public void append(long from, int count) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(entry(from + i));
    }
    store.write(from, entries);
    store.sync();
  }

  @Override
  public long check() throws IOException {
    long last = store.lastIndex();
    if (last != 0 && store.firstIndex() != 1) {
      throw new IOException("the log begins with " + store.firstIndex());
    }
    long next = 1;
    while (next <= last) {
      for (Entry found : store.read(next, 1 << 20)) {
        if (!found.equals(entry(next))) {
          throw new IOException("entry " + next + " is not what was written");
        }
        next++;
      }
    }
    return last;
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
