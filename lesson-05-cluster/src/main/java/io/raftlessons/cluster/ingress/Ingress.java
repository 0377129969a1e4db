package io.raftlessons.cluster.ingress;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.raftlessons.cluster.Group;
import io.raftlessons.cluster.http.CallsAreNotIdle;
import io.raftlessons.cluster.http.FirstAlone;
import io.raftlessons.cluster.http.HttpConnector;
import io.raftlessons.cluster.http.JettyErrors;
import io.raftlessons.cluster.router.Router;
import io.raftlessons.cluster.router.RouterOptions;
import io.raftlessons.runtime.EventLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP door of a node: {@code POST /Service/key/handler} with JSON in and JSON out; handlers
 * that only read also answer to GET. See {@link Services} for what there is.
 *
 * <p>Every failure is {@code {"code","message","source"}} with the HTTP status as its code. 400,
 * 404, 405, 409, 413, 415 and 431 say what is wrong with the request; 408 that it did not come
 * whole in time, or just when its connection was about to be closed for want of requests (it was
 * not done, so a client may repeat it); 429 that there are too many; 503 that no answer came, its
 * message telling whether the call may have been carried out.
 *
 * <p>A call is carried out once, however often the node has to ask. A client that got no answer and
 * asks again needs an {@code idempotency-key}: for the same handler and key of the service it gives
 * the answer of the first call for a day. {@code x-deadline-ms} shortens the time to wait.
 *
 * <p>No thread waits for the group, only for bodies; size, time, connections and calls under way
 * are bounded. Slow request heads hold a connection but no thread. Thread-safe.
 */
public final class Ingress implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ingress.class);
  private static final int MAX_THREADS = 16;
  private static final int MAX_HEAD_BYTES = 8 << 10;
  private static final int ACCEPT_QUEUE = 128;
  private static final Duration STOP = Duration.ofSeconds(5);
  private static final Duration STOP_CALLS = Duration.ofSeconds(4);
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final IngressOptions options;
  private final MeterRegistry registry;
  private final QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 4);
  private final Router router;
  private final Routes routes;
  private final Javalin javalin;
  private final EventLoop loop;
  private final Duration idle;
  private final int port;

  /**
   * Binds and serves.
   *
   * @param loop the router's; not closed here
   * @param registry gets a timer {@code raft.ingress.requests} by service, handler and status
   * @throws RuntimeException if the port is taken
   */
  public Ingress(IngressOptions options, Group group, EventLoop loop, MeterRegistry registry) {
    this(options, group, loop, registry, IDLE);
  }

  /**
   * @param idle after which a connection is closed on which nothing moves and no call is under way;
   *     also the time a body may take
   */
  Ingress(
      IngressOptions options, Group group, EventLoop loop, MeterRegistry registry, Duration idle) {
    this.options = options;
    this.idle = idle;
    this.loop = loop;
    this.registry = registry;
    threads.setName("ingress");
    router =
        new Router(
            loop, group, RouterOptions.defaults().withMaxConcurrent(options.maxConcurrent()));
    routes = new Routes(router, threads, options, idle.toNanos());
    javalin = Javalin.create(this::configure);
    javalin.start();
    port = javalin.port();
  }

  /** The port it is bound to. */
  public int port() {
    return port;
  }

  /** Accepts nothing new, gives what is under way 4 s to end, then stops. Idempotent. */
  @Override
  public void close() {
    // While there still are threads to write the answers.
    EventLoop.Timer endCalls = loop.schedule(STOP_CALLS.toNanos(), router::close);
    try {
      javalin.stop();
    } catch (JavalinException e) {
      LOG.warn("some requests were cut off", e);
    } finally {
      loop.execute(endCalls::cancel);
      router.close();
    }
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.http.defaultContentType = "application/json";
    // The calls keep their own time.
    config.http.asyncTimeout = 0;
    config.router.ignoreTrailingSlashes = false;
    config.router.javaLangErrorHandler(
        (response, error) -> {
          LOG.error("a request failed", error);
          try {
            response.sendError(500);
          } catch (IOException e) {
            LOG.debug("nobody is there to be told", e);
          }
        });
    config.jetty.threadPool = threads;
    config.jetty.modifyServer(Ingress::configure);
    config.jetty.modifyServletContextHandler(
        context -> context.setErrorHandler(new JettyErrors(HttpError.INGRESS)));
    config.jetty.modifyHttpConfiguration(http -> http.setRequestHeaderSize(MAX_HEAD_BYTES));
    config.jetty.addConnector(this::connector);
    config.routes.before(Routes::find);
    for (Handler handler : Services.ALL) {
      for (String method : handler.methods()) {
        config.routes.addHttpHandler(
            HandlerType.findOrCreate(method), handler.path(), ctx -> routes.serve(ctx, handler));
      }
    }
    config.routes.after(ctx -> ctx.header("Cache-Control", "no-store"));
    config.routes.exception(Exception.class, (failure, ctx) -> fail(ctx, failure));
    // Javalin has its own format for these, and the more specific class wins.
    config.routes.exception(HttpResponseException.class, (failure, ctx) -> fail(ctx, failure));
    config.requestLogger.http((ctx, millis) -> record(ctx, millis));
  }

  private static void configure(Server server) {
    server.setErrorHandler(new JettyErrors(HttpError.INGRESS));
    server.setStopTimeout(STOP.toMillis());
    server.insertHandler(new GracefulHandler());
    server.insertHandler(new FirstAlone(Duration.ofSeconds(1)));
    server.insertHandler(new CallsAreNotIdle());
  }

  private ServerConnector connector(Server server, HttpConfiguration http) {
    ServerConnector connector = HttpConnector.create(server, http, options.host(), options.port());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    connector.setIdleTimeout(idle.toMillis());
    server.addBean(new NetworkConnectionLimit(options.maxConnections(), connector));
    return connector;
  }

  /** Does not throw: Javalin would call it again with what it threw, without end. */
  private void fail(Context ctx, Throwable failure) {
    try {
      HttpError error = error(failure);
      error.headers().forEach(ctx::header);
      ctx.status(error.code()).contentType("application/json").result(error.json());
    } catch (RuntimeException gone) {
      LOG.debug("the connection broke before the answer", gone);
    }
  }

  private HttpError error(Throwable failure) {
    if (failure instanceof HttpError error) {
      return error;
    }
    if (failure instanceof CompletionException wrapped && wrapped.getCause() != null) {
      return error(wrapped.getCause());
    }
    if (failure instanceof HttpException found) {
      return new HttpError(
          found.getCode(), HttpError.INGRESS, HttpStatus.getMessage(found.getCode()));
    }
    if (failure instanceof HttpResponseException found) {
      return new HttpError(
          found.getStatus(), HttpError.INGRESS, HttpStatus.getMessage(found.getStatus()));
    }
    LOG.error("a request failed", failure);
    return new HttpError(500, options.nodeName(), "internal error");
  }

  /** Keys never become tags: there are as many as clients like. */
  private void record(Context ctx, float millis) {
    Handler handler = Routes.found(ctx);
    Timer.builder("raft.ingress.requests")
        .description("Calls answered, and how long that took")
        .tag("service", handler == null ? "none" : handler.service())
        .tag("handler", handler == null ? "none" : handler.name())
        .tag("status", Integer.toString(ctx.statusCode()))
        .register(registry)
        .record((long) (millis * 1e6), TimeUnit.NANOSECONDS);
  }
}
