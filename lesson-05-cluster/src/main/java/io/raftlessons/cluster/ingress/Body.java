package io.raftlessons.cluster.ingress;

import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The argument of a call: the body of its request, at most {@value #MAX_BYTES} bytes of JSON.
 *
 * <p>All methods throw an {@link HttpError} if it is something else than the handler takes.
 */
record Body(byte[] bytes) {
  static final int MAX_BYTES = 1 << 20;

  /**
   * Reads it whole, with bounded size and time.
   *
   * @param maxNanos from now on
   */
  static Body read(HttpServletRequest request, long maxNanos) {
    if (request.getContentLengthLong() > 2L * MAX_BYTES) {
      throw tooLarge();
    }
    byte[] bytes = bytes(request, maxNanos);
    // Not getContentType: Jetty throws at a charset that it does not know.
    checkType(request.getHeader("content-type"), request.getHeader("origin") != null);
    if (bytes.length > 0) {
      if (request.getHeader("content-encoding") != null) {
        throw new HttpError(415, HttpError.INGRESS, "content-encoding is not supported");
      }
    }
    return new Body(bytes);
  }

  /** Any JSON value, in canonical form. */
  String json() {
    return fitting(Json.canonical(bytes));
  }

  /** No argument: an empty body or null. */
  void none() {
    if (bytes.length > 0 && !Json.canonical(bytes).equals("null")) {
      throw HttpError.badRequest("this handler takes no argument: an empty body or null");
    }
  }

  /** An integer of 64 bits. */
  long integer() {
    String text = Json.canonical(bytes);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw HttpError.badRequest("the body must be an integer of 64 bits");
    }
  }

  String string() {
    return Json.string(bytes);
  }

  /** The members of an object, in canonical form; no others than these. */
  Map<String, String> members(String... names) {
    Map<String, String> members = Json.members(bytes);
    members.keySet().stream()
        .filter(name -> !List.of(names).contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw HttpError.badRequest("the body may only have " + String.join(", ", names));
            });
    members.values().forEach(Body::fitting);
    return members;
  }

  private static String fitting(String canonical) {
    // Three bytes are the most a UTF-16 unit takes, so short texts need no second look.
    if (canonical.length() > MAX_BYTES / 3
        && canonical.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw tooLarge();
    }
    return canonical;
  }

  private static byte[] bytes(HttpServletRequest request, long maxNanos) {
    long start = System.nanoTime();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    long total = 0;
    try {
      InputStream in = request.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        total += n;
        // Somewhat more is read and dropped: closing on unread bytes resets the connection, and a
        // client that was only a little over would never see why.
        if (total > 2L * MAX_BYTES) {
          throw tooLarge();
        }
        if (total <= MAX_BYTES) {
          body.write(buffer, 0, n);
        }
        if (System.nanoTime() - start > maxNanos) {
          throw tooSlow();
        }
      }
    } catch (IOException e) {
      if (e.getCause() instanceof TimeoutException) {
        throw tooSlow();
      }
      throw HttpError.badRequest("the body ended early");
    }
    if (total > MAX_BYTES) {
      throw tooLarge();
    }
    return body.toByteArray();
  }

  /**
   * JSON, however it is called: {@code curl -d} says it sends a form. But a web page may send a
   * form or a plain text to any address, also to this one, without asking; so what comes from a
   * page must say that it is JSON, for then the browser asks first, and is refused.
   */
  private static void checkType(@Nullable String contentType, boolean fromPage) {
    String type =
        contentType == null
            ? ""
            : contentType.toLowerCase(Locale.ROOT).replace(" ", "").replace("\"", "");
    boolean json = type.equals("application/json") || type.equals("application/json;charset=utf-8");
    boolean simple = type.isEmpty() || type.equals("application/x-www-form-urlencoded");
    if (!json && (fromPage || !simple)) {
      throw new HttpError(415, HttpError.INGRESS, "the content type must be application/json");
    }
  }

  private static HttpError tooLarge() {
    return new HttpError(413, HttpError.INGRESS, "the body is larger than " + MAX_BYTES + " bytes")
        .with("Connection", "close");
  }

  private static HttpError tooSlow() {
    return new HttpError(408, HttpError.INGRESS, "the body came too slowly")
        .with("Connection", "close");
  }
}
