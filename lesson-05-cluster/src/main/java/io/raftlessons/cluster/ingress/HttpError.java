package io.raftlessons.cluster.ingress;

import io.raftlessons.cluster.http.ErrorJson;
import io.raftlessons.cluster.router.RouterException;
import io.raftlessons.replication.keyvalue.wire.Reply;
import java.io.Serial;
import java.util.Map;
import java.util.TreeMap;

/** An answer that is a failure: JSON with code, message and source, like every other one. */
final class HttpError extends RuntimeException {
  /** The request itself is wrong. */
  static final String INGRESS = "ingress";

  /** The service said no. */
  static final String SERVICE = "service";

  @Serial private static final long serialVersionUID = 1L;

  private final int code;
  private final String source;
  private final TreeMap<String, String> headers = new TreeMap<>();

  HttpError(int code, String source, String message) {
    // An answer, not a fault: nobody reads where it came from.
    super(message, null, false, false);
    this.code = code;
    this.source = source;
  }

  static HttpError badRequest(String message) {
    return new HttpError(400, INGRESS, message);
  }

  /** A reply that is none of the answers of its handler. */
  static HttpError of(Reply reply) {
    return switch (reply.getStatus()) {
      case NOT_FOUND -> new HttpError(404, SERVICE, "the key has no value");
      case INVALID -> new HttpError(400, SERVICE, reply.getText());
      case KEY_REUSED ->
          new HttpError(409, SERVICE, "the idempotency key was used with another argument");
      case OK, SESSION_REFUSED, UNRECOGNIZED ->
          new HttpError(500, SERVICE, "unexpected status " + reply.getStatus());
    };
  }

  /**
   * A call without an answer.
   *
   * @param node at which it was made
   */
  static HttpError of(RouterException failure, String node) {
    int code = failure.kind() == RouterException.Kind.TOO_MANY ? 429 : 503;
    return new HttpError(code, node, String.valueOf(failure.getMessage())).with("Retry-After", "1");
  }

  /** A call that nobody at this node knows anything of any more. */
  static HttpError lost(String node) {
    return new HttpError(503, node, "the node is stopping; whether it was done is unknown")
        .with("Retry-After", "1");
  }

  HttpError with(String header, String value) {
    headers.put(header, value);
    return this;
  }

  int code() {
    return code;
  }

  Map<String, String> headers() {
    return headers;
  }

  String json() {
    return ErrorJson.of(code, String.valueOf(getMessage()), source);
  }
}
