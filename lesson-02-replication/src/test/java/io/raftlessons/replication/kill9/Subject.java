package io.raftlessons.replication.kill9;

import java.io.Closeable;
import java.io.IOException;

/** A store that keeps numbered records, from 1 on. Each record is a function of its number. */
interface Subject extends Closeable {
  /**
   * Writes the records {@code from} to {@code from + count - 1}; durable, and may be acknowledged,
   * when this returns.
   */
  void append(long from, int count) throws IOException;

  /**
   * The number of the last record, after all that it has were read.
   *
   * @throws IOException if one is missing or is not what was written; the message says which
   */
  long check() throws IOException;
}
