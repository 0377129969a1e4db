package io.raftlessons.cluster.ingress;

import io.javalin.http.Context;
import io.raftlessons.cluster.router.Router;
import io.raftlessons.cluster.router.RouterException;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Reply.Status;
import io.raftlessons.replication.keyvalue.wire.Request;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** From a request to a call of the router, and from its end to the answer. Thread-safe. */
final class Routes {
  private static final int MAX_KEY = 256;
  private static final String KEY_LENGTH = "the key must have 1 to " + MAX_KEY + " characters";

  /** The router keeps the deadline; this much later it must have been stopped in the middle. */
  private static final long SPARE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final String HANDLER = "io.raftlessons.handler";

  private final Router router;
  private final Executor executor;
  private final IngressOptions options;
  private final long bodyNanos;

  /**
   * @param executor writes the answers: the router's loop must not wait for slow readers
   * @param bodyNanos within which a body must have come, since a thread waits for it
   */
  Routes(Router router, Executor executor, IngressOptions options, long bodyNanos) {
    this.router = router;
    this.executor = executor;
    this.options = options;
    this.bodyNanos = bodyNanos;
  }

  /** Finds the handler, or says precisely what is wrong with the path or the method. */
  static void find(Context ctx) {
    Handler handler = find(ctx.path());
    ctx.attribute(HANDLER, handler);
    if (handler.keyed() && ctx.path().startsWith("/" + handler.service() + "//")) {
      throw HttpError.badRequest(KEY_LENGTH);
    }
    checkEscapes(ctx.path());
    if (!handler.methods().contains(ctx.req().getMethod())) {
      throw new HttpError(405, HttpError.INGRESS, "the method must be one of those in Allow")
          .with("Allow", String.join(", ", handler.methods()));
    }
  }

  /** Jetty lets {@code %u0041} pass, and Javalin fails on it before a handler is reached. */
  private static void checkEscapes(String path) {
    try {
      URLDecoder.decode(path, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw HttpError.badRequest("a % in the path must be followed by two hexadecimal digits");
    }
  }

  /** The handler that was found, if any. */
  static @Nullable Handler found(Context ctx) {
    return ctx.attribute(HANDLER);
  }

  private static Handler find(String path) {
    // Not decoded yet, so a key may have a slash in it: %2F.
    String[] segments = path.substring(1).split("/", -1);
    List<Handler> service =
        Services.ALL.stream().filter(handler -> handler.service().equals(segments[0])).toList();
    if (service.isEmpty()) {
      throw new HttpError(404, HttpError.INGRESS, "there is no such service");
    }
    return service.stream()
        .filter(handler -> segments.length == (handler.keyed() ? 3 : 2))
        .filter(handler -> segments[segments.length - 1].equals(handler.name()))
        .findFirst()
        .orElseThrow(
            () ->
                new HttpError(
                    404,
                    HttpError.INGRESS,
                    "the service has "
                        + String.join(", ", service.stream().map(Handler::path).toList())));
  }

  /** Makes the call; the answer follows when there is one, and no thread waits for it. */
  void serve(Context ctx, Handler handler) {
    String key = handler.keyed() ? key(ctx) : "";
    Optional<String> idempotencyKey =
        idempotencyKey(ctx)
            .map(name -> handler.service() + "/" + handler.name() + "/" + name + " " + key);
    long deadline = deadlineNanos(ctx);
    Request operation =
        handler
            .argument()
            .operation(
                handler.keyed() ? handler.service() + "/" + key : "",
                Body.read(ctx.req(), bodyNanos))
            .build();
    ctx.future(
        () ->
            router
                .call(operation, idempotencyKey, deadline)
                .orTimeout(deadline + SPARE_NANOS, TimeUnit.NANOSECONDS)
                .handleAsync((reply, failure) -> answer(ctx, handler, reply, failure), executor));
  }

  private @Nullable Void answer(
      Context ctx, Handler handler, @Nullable Reply reply, @Nullable Throwable failure) {
    if (reply == null) {
      throw failed(failure);
    }
    if (reply.getStatus() != Status.OK && reply.getStatus() != Status.NOT_FOUND) {
      throw HttpError.of(reply);
    }
    ctx.result(handler.answer().apply(reply));
    return null;
  }

  private RuntimeException failed(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof RouterException known) {
      return HttpError.of(known, options.nodeName());
    }
    if (cause instanceof TimeoutException) {
      return HttpError.lost(options.nodeName());
    }
    return new IllegalStateException("the router failed", cause);
  }

  private static String key(Context ctx) {
    String key = ctx.pathParam("key");
    if (key.isEmpty() || key.length() > MAX_KEY) {
      throw HttpError.badRequest(KEY_LENGTH);
    }
    // Also what the decoder makes of bytes that are not UTF-8.
    if (key.chars().anyMatch(c -> Character.isISOControl(c) || c == '\uFFFD')) {
      throw HttpError.badRequest("the key must be UTF-8 without control characters");
    }
    return key;
  }

  private static Optional<String> idempotencyKey(Context ctx) {
    Optional<String> key = header(ctx, "idempotency-key");
    key.ifPresent(
        text -> {
          boolean visible = text.chars().allMatch(c -> c > ' ' && c < 0x7f);
          if (text.isEmpty() || text.length() > MAX_KEY || !visible) {
            throw HttpError.badRequest(
                "idempotency-key must have 1 to " + MAX_KEY + " visible ASCII characters");
          }
        });
    return key;
  }

  private long deadlineNanos(Context ctx) {
    long longest = options.deadline().toNanos();
    Optional<String> wished = header(ctx, "x-deadline-ms");
    if (wished.isEmpty()) {
      return longest;
    }
    if (!wished.get().matches("[1-9][0-9]{0,8}")) {
      throw HttpError.badRequest("x-deadline-ms must be a number of milliseconds from 1");
    }
    return Math.min(longest, Long.parseLong(wished.get()) * 1_000_000);
  }

  private static Optional<String> header(Context ctx, String name) {
    List<String> values = new ArrayList<>(Collections.list(ctx.req().getHeaders(name)));
    if (values.size() > 1) {
      throw HttpError.badRequest(name + " must be given once");
    }
    return values.stream().findFirst();
  }
}
