package io.raftlessons.cluster.admin;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.raftlessons.cluster.archive.ArchiveStatus;
import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.http.CallsAreNotIdle;
import io.raftlessons.cluster.http.ErrorJson;
import io.raftlessons.cluster.http.FirstAlone;
import io.raftlessons.cluster.http.HttpConnector;
import io.raftlessons.cluster.http.JettyErrors;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The operators' view of a node, over HTTP: {@code GET /health} (with {@code ?ready}: 503 unless
 * the node knows a leader), {@code GET /cluster}, {@code GET /metrics}. Read-only. Errors are
 * {@code {"code", "message", "source"}}.
 */
public final class AdminServer implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 64;
  private static final int MAX_THREADS = 16;
  private static final long IDLE_MILLIS = TimeUnit.SECONDS.toMillis(30);
  private static final long MAX_REQUEST_BYTES = 4096;
  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
  private static final JsonMapper JSON = new JsonMapper();

  private final NodeView node;
  private final NodeMetrics metrics;
  private final Javalin server;

  private AdminServer(String address, int port, NodeView node, NodeMetrics metrics) {
    this.node = node;
    this.metrics = metrics;
    server =
        Javalin.create(
            config -> {
              config.jetty.addConnector(
                  (jetty, http) -> HttpConnector.create(jetty, http, address, port));
              configure(config);
            });
  }

  /**
   * Listens.
   *
   * @param port 0 for any
   * @throws io.javalin.util.JavalinBindException if it cannot
   */
  public static AdminServer start(String address, int port, NodeView node, NodeMetrics metrics) {
    AdminServer admin = new AdminServer(address, port, node, metrics);
    admin.server.start();
    return admin;
  }

  public int port() {
    return server.port();
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.http.maxRequestSize = MAX_REQUEST_BYTES;
    config.http.prefer405over404 = true;
    config.jetty.threadPool = new QueuedThreadPool(MAX_THREADS, 4);
    JettyErrors errors = new JettyErrors(Listener.ADMIN.label());
    config.jetty.modifyServer(
        jetty -> {
          jetty.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, jetty));
          jetty.insertHandler(new FirstAlone(Duration.ofSeconds(1)));
          jetty.insertHandler(new CallsAreNotIdle());
          jetty.setErrorHandler(errors);
        });
    config.jetty.modifyServletContextHandler(context -> context.setErrorHandler(errors));
    config.jetty.modifyHttpConfiguration(
        http -> {
          http.setIdleTimeout(IDLE_MILLIS);
          http.setSendServerVersion(false);
        });
    config.routes.get("/health", this::health);
    config.routes.get("/cluster", this::cluster);
    config.routes.get("/metrics", this::metrics);
    config.routes.exception(
        HttpResponseException.class,
        (e, request) -> error(request, e.getStatus(), String.valueOf(e.getMessage())));
    config.routes.exception(Exception.class, this::failed);
    for (HttpStatus status :
        new HttpStatus[] {HttpStatus.NOT_FOUND, HttpStatus.METHOD_NOT_ALLOWED}) {
      config.routes.error(
          status.getCode(),
          request ->
              error(
                  request,
                  status.getCode(),
                  request.method() + " " + request.path() + ": " + status.getMessage()));
    }
  }

  private void health(Context request) {
    Optional<String> obstacle =
        request.queryParamMap().containsKey("ready") ? node.notReady() : Optional.empty();
    if (obstacle.isPresent()) {
      error(request, HttpStatus.SERVICE_UNAVAILABLE.getCode(), obstacle.get());
    } else {
      ObjectNode body = JSON.createObjectNode().put("status", "ok").put("node", node.name());
      NodeView.Snapshots snapshots = node.snapshots();
      body.put("last_snapshot_index", snapshots.lastIndex());
      snapshots.archive().ifPresent(archive -> put(body.putObject("archive"), archive));
      json(request, body);
    }
  }

  private void cluster(Context request) {
    NodeView.State state = node.state();
    ObjectNode body = JSON.createObjectNode();
    body.put("cluster_name", node.clusterName());
    body.put("node", node.name());
    body.put("role", state.role());
    body.put("term", state.term());
    body.put("leader", state.leader().orElse(null));
    put(body.putObject("latest_configuration"), node.latestConfiguration());
    put(body.putObject("committed_configuration"), node.committedConfiguration());
    var sending = body.putArray("snapshots_sending");
    for (NodeView.Sending snapshot : node.snapshots().sending()) {
      sending
          .addObject()
          .put("to", snapshot.to())
          .put("index", snapshot.index())
          .put("bytes_sent", snapshot.sent())
          .put("bytes_total", snapshot.total());
    }
    json(request, body);
  }

  private static void put(ObjectNode json, ArchiveStatus archive) {
    json.put("place", archive.place());
    json.put("newest_index", archive.newestIndex());
    json.put("oldest_index", archive.oldestIndex());
    json.put("problem", archive.problem().orElse(null));
  }

  private static void put(ObjectNode json, NodeView.Configuration configuration) {
    json.put("index", configuration.index());
    var members = json.putArray("members");
    for (NodeView.Member member : configuration.members()) {
      ObjectNode one = members.addObject();
      one.put("name", member.name());
      one.put("address", member.address());
      one.put("suffrage", member.suffrage());
      ObjectNode ports = one.putObject("ports");
      for (var port : member.ports().entrySet()) {
        ports.put(port.getKey().label(), port.getValue());
      }
    }
  }

  private void metrics(Context request) {
    request.contentType("text/plain; version=0.0.4; charset=utf-8").result(metrics.scrape());
  }

  private void failed(Exception failure, Context request) {
    log.error("request {} failed", request.path(), failure);
    error(request, HttpStatus.INTERNAL_SERVER_ERROR.getCode(), "internal error, see the log");
  }

  private static void error(Context request, int code, String message) {
    json(request.status(code), ErrorJson.of(code, message, Listener.ADMIN.label()));
  }

  private static void json(Context request, Object body) {
    request.contentType("application/json").result(body + "\n");
  }

  @Override
  public void close() {
    server.stop();
  }
}
