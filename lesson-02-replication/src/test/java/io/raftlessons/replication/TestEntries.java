package io.raftlessons.replication;

import com.google.protobuf.ByteString;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Entries for tests of log stores. */
final class TestEntries {
  private TestEntries() {}

  static Entry entry(long index, long term, int bytes) {
    byte[] data = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      data[i] = (byte) (index * 31 + term * 7 + i);
    }
    return Entry.newBuilder()
        .setIndex(index)
        .setTerm(term)
        .setData(ByteString.copyFrom(data))
        .build();
  }

  /** Entries {@code from} to {@code to} of one term, of 40 bytes each. */
  static List<Entry> entries(long from, long to, long term) {
    List<Entry> entries = new ArrayList<>();
    for (long index = from; index <= to; index++) {
      entries.add(entry(index, term, 40));
    }
    return entries;
  }

  static List<Entry> random(long from, int count, long term, int maxBytes, RandomGenerator random) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(entry(from + i, term, random.nextInt(maxBytes + 1)));
    }
    return entries;
  }

  /** Everything the store has, read in pieces. */
  static List<Entry> all(LogStore store) throws IOException {
    List<Entry> entries = new ArrayList<>();
    if (store.lastIndex() == 0) {
      return entries;
    }
    long next = store.firstIndex();
    while (next <= store.lastIndex()) {
      List<Entry> piece = store.read(next, 300);
      entries.addAll(piece);
      next += piece.size();
    }
    return entries;
  }
}
