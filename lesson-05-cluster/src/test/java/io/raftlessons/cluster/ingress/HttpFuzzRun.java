package io.raftlessons.cluster.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.cluster.ingress.HttpFuzzer.Request;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends what a fuzzer makes and looks at every answer: no 5xx but 503, and 505 for an unknown
 * version of HTTP; failures in JSON with code, message and source; nothing after the last answer.
 */
public final class HttpFuzzRun implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([0-9]{3}) ");

  private final int port;
  private final Map<String, Long> counts = new TreeMap<>();
  private @Nullable Socket polite;

  public HttpFuzzRun(int port) {
    this.port = port;
  }

  private record Answer(int status, Map<String, String> headers, byte[] body) {
    boolean closes() {
      return "close".equalsIgnoreCase(headers.get("connection"));
    }
  }

  /** How often something was met: statuses, and connections that were closed without an answer. */
  public Map<String, Long> counts() {
    return counts;
  }

  public void send(Request request) throws IOException {
    switch (request.manner()) {
      case POLITE -> ask(request);
      case LAST -> exhaust(request);
      case RUDE -> {
        try (Socket socket = connect()) {
          socket.setSoLinger(true, 0);
          socket.getOutputStream().write(request.bytes());
          count("hung up on");
        } catch (SocketException e) {
          count("hung up on us first");
        }
      }
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    return socket;
  }

  private void ask(Request request) throws IOException {
    Socket socket = polite == null ? connect() : polite;
    polite = null;
    socket.getOutputStream().write(request.bytes());
    InputStream in = socket.getInputStream();
    Answer answer = read(in, request);
    if (answer == null) {
      throw new AssertionError("closed without an answer to " + show(request));
    }
    check(answer, request);
    if (answer.closes()) {
      assertThat(in.read()).as("closed, as it said, after %s", show(request)).isNegative();
      socket.close();
    } else {
      polite = socket;
    }
  }

  private void exhaust(Request request) throws IOException {
    try (Socket socket = connect()) {
      try {
        socket.getOutputStream().write(request.bytes());
        socket.shutdownOutput();
      } catch (SocketException e) {
        count("closed while we wrote"); // what it said before, if anything, may be lost
      }
      InputStream in = new BufferedInputStream(socket.getInputStream());
      int answers = 0;
      if (request.bodiless()) {
        checkStatuses(in.readAllBytes(), request);
        return;
      }
      for (Answer next = read(in, request); next != null; next = read(in, request)) {
        check(next, request);
        answers++;
      }
      if (answers == 0) {
        count("closed without an answer");
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("neither an answer nor the end of the connection: " + show(request));
    } catch (SocketException e) {
      count("reset");
    }
  }

  private void checkStatuses(byte[] all, Request request) {
    String text = new String(all, ISO_8859_1);
    Matcher status = STATUS.matcher(text);
    while (status.find()) {
      checkStatus(Integer.parseInt(status.group(1)), request, text);
    }
  }

  private void checkStatus(int status, Request request, String answer) {
    count(Integer.toString(status));
    assertThat(status < 500 || status == 503 || status == 505)
        .as("%d to %s%n%s", status, show(request), answer)
        .isTrue();
  }

  private void check(Answer answer, Request request) {
    String body = new String(answer.body(), UTF_8);
    checkStatus(answer.status(), request, answer.headers() + "\n" + body);
    if (answer.status() < 400) {
      return;
    }
    String about = show(request) + "\n" + answer.status() + " " + answer.headers() + "\n" + body;
    assertThat(answer.headers().get("content-type")).as(about).isEqualTo("application/json");
    JsonNode error = JsonMapper.shared().readTree(body);
    assertThat(error.propertyNames()).as(about).containsExactly("code", "message", "source");
    assertThat(error.get("code").asInt()).as(about).isEqualTo(answer.status());
    assertThat(error.get("message").asString()).as(about).isNotBlank();
    assertThat(error.get("source").asString()).as(about).isNotBlank();
    assertThat(body).as(about).doesNotContain("Exception", "at io.", "at org.");
  }

  /** The next final answer; null at the end of the connection. */
  private static @Nullable Answer read(InputStream in, Request request) throws IOException {
    String line = line(in);
    if (line == null) {
      return null;
    }
    assertThat(line).as("answer to %s", show(request)).matches("HTTP/1\\.1 [0-9]{3} .*");
    int status = Integer.parseInt(line.substring(9, 12));
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String next = line(in); next != null && !next.isEmpty(); next = line(in)) {
      headers.put(
          next.substring(0, next.indexOf(':')), next.substring(next.indexOf(':') + 1).strip());
    }
    if (status < 200) {
      return read(in, request);
    }
    return new Answer(status, headers, body(in, status, headers));
  }

  private static byte[] body(InputStream in, int status, Map<String, String> headers)
      throws IOException {
    if (status == 204 || status == 304) {
      return new byte[0];
    }
    String length = headers.get("content-length");
    if (length != null) {
      byte[] body = in.readNBytes(Integer.parseInt(length));
      if (body.length < Integer.parseInt(length)) {
        throw new EOFException("the answer ended early");
      }
      return body;
    }
    if (!"chunked".equals(headers.get("transfer-encoding"))) {
      return in.readAllBytes();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = line(in);
      if (size == null) {
        throw new EOFException("the answer ended early");
      }
      body.writeBytes(in.readNBytes(Integer.parseInt(size, 16)));
      line(in);
      if (size.equals("0")) {
        return body.toByteArray();
      }
    }
  }

  private static @Nullable String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return line.isEmpty() ? null : line.toString();
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  private void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  private static String show(Request request) {
    String text = new String(request.bytes(), ISO_8859_1);
    return request.manner() + "\n" + text.substring(0, Math.min(3_000, text.length()));
  }

  @Override
  public void close() throws IOException {
    if (polite != null) {
      polite.close();
    }
  }
}
