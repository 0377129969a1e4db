package io.raftlessons.cluster.bench;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * One connection of HTTP/1.1 that is kept, over a blocking socket: clients share the processors
 * with the servers they measure, so a request costs two system calls and no allocation. After an
 * exception the connection is of no use. Not thread-safe.
 */
final class Http implements Closeable {
  private static final byte[] LENGTH = "\r\ncontent-length:".getBytes(StandardCharsets.ISO_8859_1);

  private final Socket socket = new Socket();
  private final InputStream in;
  private final byte[] buffer = new byte[16 << 10];
  private int bodyStart;
  private int end;

  /**
   * @param patienceMillis of connecting, and of waiting for bytes
   */
  Http(int port, int patienceMillis) throws IOException {
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(patienceMillis);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), patienceMillis);
      in = socket.getInputStream();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  static byte[] get(String path) {
    return ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Sends a request and returns the status of the answer. */
  int exchange(byte[] request) throws IOException {
    socket.getOutputStream().write(request);
    end = 0;
    int head = -1;
    while (head < 0) {
      int from = Math.max(0, end - 3);
      more();
      head = endOfHead(from);
    }
    bodyStart = head;
    int length = contentLength(head);
    while (end < bodyStart + length) {
      more();
    }
    return (digit(9) * 10 + digit(10)) * 10 + digit(11);
  }

  /** Of the last answer. */
  String body() {
    return new String(buffer, bodyStart, end - bodyStart, StandardCharsets.UTF_8);
  }

  private void more() throws IOException {
    if (end == buffer.length) {
      throw new IOException("the answer is larger than " + buffer.length + " bytes");
    }
    int n = in.read(buffer, end, buffer.length - end);
    if (n < 0) {
      throw new EOFException("the server closed the connection");
    }
    end += n;
  }

  private int endOfHead(int from) {
    for (int i = from; i + 3 < end; i++) {
      if (buffer[i] == '\r' && buffer[i + 2] == '\r' && buffer[i + 3] == '\n') {
        return i + 4;
      }
    }
    return -1;
  }

  private int contentLength(int head) throws IOException {
    for (int i = 0; i + LENGTH.length < head; i++) {
      int at = 0;
      while (at < LENGTH.length && lower(buffer[i + at]) == LENGTH[at]) {
        at++;
      }
      if (at == LENGTH.length) {
        return number(i + at);
      }
    }
    throw new IOException("the answer has no content-length");
  }

  private int number(int from) {
    int value = 0;
    int i = from;
    while (buffer[i] == ' ') {
      i++;
    }
    for (; buffer[i] >= '0' && buffer[i] <= '9'; i++) {
      value = value * 10 + buffer[i] - '0';
    }
    return value;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
  }

  private int digit(int at) {
    return buffer[at] - '0';
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
