package io.raftlessons.cluster.ingress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.raftlessons.sim.SimRandom;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Requests from a seed: good ones, and such with a few things wrong. */
public final class HttpFuzzer {
  /** How a client sends. */
  public enum Manner {
    /** Asks, reads the answer, and may ask again on the same connection. */
    POLITE,
    /** Says that nothing more comes, and reads until the server closes. */
    LAST,
    /** Hangs up without reading. */
    RUDE
  }

  /**
   * @param bodiless whether an answer may have a length without a body, as to HEAD
   */
  public record Request(byte[] bytes, Manner manner, boolean bodiless) {}

  /** A good request: method, path, body. */
  public record Good(String method, String path, String body) {}

  private static final List<String> METHODS =
      List.of(
          "GET",
          "POST",
          "PUT",
          "DELETE",
          "OPTIONS",
          "TRACE",
          "CONNECT",
          "PATCH",
          "HEAD",
          "BREW",
          "get",
          "",
          "PRI",
          "G\u0000T",
          "POST POST",
          "A".repeat(300));
  private static final List<String> PATHS =
      List.of(
          "/",
          "*",
          "",
          "//",
          "/..",
          "/../../etc/passwd",
          "/%2e%2e/x",
          "/KeyValue//get",
          "/KeyValue/%/get",
          "/KeyValue/%zz/get",
          "/KeyValue/%00/get",
          "/KeyValue/%ff%fe/get",
          "/KeyValue/%c0%af/get",
          "/KeyValue/a%2Fb/get",
          "/KeyValue/a;b=c/get",
          "/KeyValue/./get",
          "/KeyValue/a\\b/get",
          "/KeyValue/%u0041/get",
          "/KeyValue/\u00ff\u00fe/get",
          "/KeyValue/k/get/",
          "/KeyValue/k/nothing",
          "/Nothing/k/get",
          "/Counter/k/get?x=%zz",
          "/Counter/k/get?" + "a&".repeat(500),
          "/Counter/k/get#x",
          "http://x/Counter/k/get",
          "http:///Counter/k/get",
          "https://[::/x",
          "x:/y",
          "/health?%ff=%zz",
          "/health?ready=%",
          "/health?=&&=&ready",
          "/cluster?%",
          "/metrics?name[]=%00",
          "/health;x",
          "/health/",
          "/%68ealth",
          "/health%00",
          "/" + "y".repeat(9_000),
          "/KeyValue/" + "k".repeat(257) + "/get",
          "/KeyValue/" + "%41".repeat(256) + "/get",
          "/ /",
          "/\t",
          "/KeyValue/k/get?\u0001");
  private static final List<String> VERSIONS =
      List.of(
          "HTTP/1.1",
          "HTTP/1.0",
          "HTTP/0.9",
          "HTTP/2.0",
          "HTTP/9.9",
          "http/1.1",
          "HTTP/1.10",
          "HTTP/1",
          "HTTP",
          "",
          "FTP/1.1",
          "HTTP/1.1 x");
  private static final List<String> HEADERS =
      List.of(
          "Host: y",
          "Host: a b",
          "Host: [::",
          "Host:",
          "Host: x:99999",
          "Host: x:-1",
          "Content-Length: 0",
          "Content-Length: 1",
          "Content-Length: 5",
          "Content-Length: -1",
          "Content-Length: +1",
          "Content-Length: 0x1",
          "Content-Length: 1, 1",
          "Content-Length:",
          "Content-Length: 99999999999999999999",
          "Content-Length: 9223372036854775807",
          "Content-Length: 2097153",
          "Content-Length: 1\u00a0",
          "Content-Length : 1",
          "Transfer-Encoding: chunked",
          "Transfer-Encoding: gzip",
          "Transfer-Encoding: identity",
          "Transfer-Encoding: chunked, chunked",
          "Transfer-Encoding: gzip, chunked",
          "Transfer-Encoding:",
          "transfer-encoding: CHUNKED",
          "Transfer-Encoding: xchunked",
          "Content-Type: text/plain",
          "Content-Type: application/json; charset=utf-16",
          "Content-Type: multipart/form-data; boundary=x",
          "Content-Type: ;;;",
          "Content-Type:",
          "Content-Type: application/x-www-form-urlencoded",
          "Content-Encoding: gzip",
          "Content-Encoding: br",
          "Expect: 100-continue",
          "Expect: 200-ok",
          "Expect:",
          "Connection: close",
          "Connection: keep-alive",
          "Connection: upgrade",
          "Connection: Host",
          "Upgrade: h2c",
          "Upgrade: websocket",
          "HTTP2-Settings: AAA",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: x",
          "TE: trailers",
          "Trailer: x",
          "Range: bytes=0-1",
          "If-None-Match: *",
          "If-Modified-Since: x",
          "Accept: nothing",
          "Accept-Encoding: gzip",
          "Accept-Charset: x",
          "Origin: http://evil",
          "Origin:",
          "Cookie: a=b; =; \"",
          "Cookie: $",
          "Authorization: Basic %%%",
          "X-Forwarded-For: x",
          "Forwarded: for=\"",
          "no colon",
          ":",
          ": x",
          " folded: x",
          "x : y",
          "x\u0000: y",
          "x: \u0000",
          "x: \u0007",
          "x: \u00ff\u00fe",
          "\u00e9: x",
          "idempotency-key: k1",
          "idempotency-key: k2",
          "idempotency-key:",
          "idempotency-key: a b",
          "idempotency-key: \u00e9",
          "idempotency-key: " + "i".repeat(257),
          "x-deadline-ms: 1",
          "x-deadline-ms: 0",
          "x-deadline-ms: -1",
          "x-deadline-ms: 1e3",
          "x-deadline-ms: 99999999999999999999",
          "x-deadline-ms:",
          "x-deadline-ms: 999999999",
          "x: " + "y".repeat(9_000),
          "x: " + "y".repeat(4_000));
  private static final List<String> BODIES =
      List.of(
          "",
          " ",
          "null",
          "1",
          "-1",
          "9223372036854775807",
          "9223372036854775808",
          "1.5",
          "1e2",
          "1e999999999",
          "-1e-999999999",
          "1".repeat(1_001),
          "\"x\"",
          "\"x",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"\\x\"",
          "\u00ff\u00fe",
          "\"\u00c3\"",
          "\u00ef\u00bb\u00bf1",
          "{",
          "{}",
          "[1,2",
          "[1,]",
          "{\"a\":1,\"a\":2}",
          "{\"value\":1}",
          "{\"expect\":null,\"value\":[]}",
          "{\"value\":1,\"x\":1}",
          "{\"value\"}",
          "{\"a\":".repeat(99) + "1",
          "[".repeat(100_000),
          "[".repeat(100) + "]".repeat(100),
          "[".repeat(101) + "]".repeat(101),
          "[" + "1,".repeat(100_000) + "1]",
          "1 2",
          "NaN",
          "Infinity",
          "'x'",
          "/**/1",
          "tru",
          "0x1",
          "01",
          "1\r\n0\r\n\r\n",
          "5\r\n\"abc\"\r\n0\r\n\r\n",
          "ffffffffff\r\n",
          "zz\r\n1\r\n",
          "-1\r\n1\r\n",
          "1;x=y\r\n1\r\n0\r\nTrailer: x\r\n\r\n",
          "0\r\n\r\n",
          "1\r\n1\r\n0\r\n: \r\n\r\n");

  private final SimRandom random;
  private final List<Good> good;

  public HttpFuzzer(SimRandom random, List<Good> good) {
    this.random = random;
    this.good = List.copyOf(good);
  }

  public Request next() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int pipelined = random.chance(0.15) ? 2 + random.nextInt(3) : 1;
    Manner manner = random.chance(0.05) ? Manner.RUDE : Manner.LAST;
    boolean bodiless = false;
    boolean anyWrong = false;
    for (int i = 0; i < pipelined; i++) {
      Draft draft = new Draft(good.get(random.nextInt(good.size())));
      int wrong = random.nextInt(4);
      for (int w = 0; w < wrong; w++) {
        draft.spoil();
      }
      anyWrong |= wrong > 0;
      byte[] bytes = draft.text().getBytes(ISO_8859_1);
      if (wrong == 3 && random.chance(0.5)) {
        bytes = damaged(bytes);
      }
      bodiless |= draft.method.equals("HEAD");
      all.writeBytes(bytes);
    }
    if (!anyWrong && pipelined == 1 && manner != Manner.RUDE) {
      manner = Manner.POLITE;
    }
    return new Request(all.toByteArray(), manner, bodiless);
  }

  private byte[] damaged(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    byte[] changed = bytes.clone();
    switch (random.nextInt(4)) {
      case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> changed[at] = (byte) random.nextInt(256);
      case 2 -> changed = Arrays.copyOf(bytes, at);
      default -> changed = Arrays.copyOfRange(bytes, at, bytes.length);
    }
    return changed;
  }

  private String any(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** A request that is being spoilt. */
  private final class Draft {
    String method;
    private String path;
    private String version = "HTTP/1.1";
    private String body;
    private boolean declared = true;
    private boolean chunked;
    private String end = "\r\n";
    private final List<String> headers = new ArrayList<>(List.of("Host: x"));

    Draft(Good from) {
      method = from.method();
      path = from.path();
      body = from.body();
    }

    void spoil() {
      switch (random.nextInt(12)) {
        case 0 -> method = any(METHODS);
        case 1, 2 -> path = any(PATHS);
        case 3 -> version = any(VERSIONS);
        case 4, 5 -> headers.add(random.nextInt(headers.size() + 1), any(HEADERS));
        case 6 -> {
          if (!headers.isEmpty()) {
            headers.set(random.nextInt(headers.size()), any(HEADERS));
          }
        }
        case 7, 8 -> body = any(BODIES);
        case 9 -> declared = !declared;
        case 10 -> chunked = true;
        default -> rare();
      }
    }

    private void rare() {
      switch (random.nextInt(8)) {
        case 0 -> end = "\n";
        case 1 -> headers.clear();
        case 2 -> headers.addAll(Collections.nCopies(200, "x: y"));
        case 3 -> body = "\"" + "z".repeat((1 << 20) - 2 + random.nextInt(2)) + "\"";
        case 4 -> path = path.replace("/", "%2f");
        case 5 -> path = path + "?" + any(PATHS);
        case 6 -> method = method.toLowerCase(Locale.ROOT);
        default -> headers.add(any(HEADERS) + any(HEADERS));
      }
    }

    String text() {
      StringBuilder text = new StringBuilder();
      text.append(method).append(' ').append(path).append(' ').append(version).append(end);
      headers.forEach(header -> text.append(header).append(end));
      if (chunked) {
        text.append("Transfer-Encoding: chunked").append(end).append(end);
        text.append(Integer.toHexString(body.length())).append(end).append(body).append(end);
        return text.append('0').append(end).append(end).toString();
      }
      if (declared) {
        text.append("Content-Length: ").append(body.length()).append(end);
      }
      return text.append(end).append(body).toString();
    }
  }
}
