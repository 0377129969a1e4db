package io.raftlessons.replication;

import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.List;

/** What every log store demands of its caller. */
final class LogStoreChecks {
  private LogStoreChecks() {}

  static void readable(long from, long firstIndex, long lastIndex) throws IOException {
    if (lastIndex == 0 || from < firstIndex || from > lastIndex) {
      throw new IOException(
          "no entry " + from + ": the store holds " + range(firstIndex, lastIndex));
    }
  }

  static void writable(long from, List<Entry> entries, long firstIndex, long lastIndex) {
    if (from < 1 || (lastIndex != 0 && (from < firstIndex || from > lastIndex + 1))) {
      throw new IllegalArgumentException(
          "cannot write at " + from + ": the store holds " + range(firstIndex, lastIndex));
    }
    long expected = from;
    for (Entry entry : entries) {
      if (entry.getIndex() != expected) {
        throw new IllegalArgumentException(
            "entry " + entry.getIndex() + " where " + expected + " was expected");
      }
      expected++;
    }
  }

  private static String range(long firstIndex, long lastIndex) {
    return lastIndex == 0 ? "nothing" : firstIndex + " to " + lastIndex;
  }
}
