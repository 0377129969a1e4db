package io.raftlessons.cluster.bench;

import java.nio.charset.StandardCharsets;

/**
 * The bytes of {@code POST /KeyValue/…/put}; key and value are changed in place. Not thread-safe.
 */
final class PutRequest {
  /** Of the string that is put. */
  static final int VALUE_CHARS = 256;

  static final int DIGITS = 10;
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key: ";
  private static final String BLANK = "0".repeat(DIGITS);

  private final byte[] bytes;
  private final int keyAt;
  private final int valueAt;
  private final int idempotencyKeyAt;

  /** Asks once; the ingress repeats it as long as it likes. */
  PutRequest(String prefix) {
    this(prefix, "");
  }

  /**
   * For a client that repeats it by itself: the ingress gives up after the deadline.
   *
   * @param deadlineMillis at least 1
   */
  PutRequest(String prefix, int deadlineMillis) {
    this(prefix, "X-Deadline-Ms: " + deadlineMillis + "\r\n" + IDEMPOTENCY_KEY + BLANK + "\r\n");
  }

  private PutRequest(String prefix, String headers) {
    String start = "POST /KeyValue/" + prefix;
    String head =
        start
            + BLANK
            + "/put HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            + headers
            + "Content-Length: "
            + (VALUE_CHARS + 2)
            + "\r\n\r\n";
    String body = "\"" + BLANK + "v".repeat(VALUE_CHARS - DIGITS) + "\"";
    bytes = (head + body).getBytes(StandardCharsets.ISO_8859_1);
    keyAt = start.length();
    valueAt = head.length() + 1;
    int header = head.indexOf(IDEMPOTENCY_KEY);
    idempotencyKeyAt = header < 0 ? -1 : header + IDEMPOTENCY_KEY.length();
  }

  /** Valid until the next call. */
  byte[] of(int key, long value) {
    write(keyAt, key);
    write(valueAt, value);
    if (idempotencyKeyAt >= 0) {
      // the machine looks it up together with the key, so the number of the value is enough
      write(idempotencyKeyAt, value);
    }
    return bytes;
  }

  private void write(int at, long number) {
    long left = number;
    for (int i = at + DIGITS - 1; i >= at; i--) {
      bytes[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
  }

  static String key(String prefix, int key) {
    return prefix + ("%0" + DIGITS + "d").formatted(key);
  }

  /** The number that was put, from the JSON of a get. */
  static long value(String json) {
    return Long.parseLong(json.substring(1, 1 + DIGITS));
  }
}
