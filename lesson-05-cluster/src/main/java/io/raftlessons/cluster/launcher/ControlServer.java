package io.raftlessons.cluster.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes the commands of other processes of the same user. One connection carries one request and
 * one answer, each a line of JSON: {@code {"token": …, "command": "kill", "node": 2}} is answered
 * by {@code {"ok": true, …}} or {@code {"ok": false, "message": …}}.
 *
 * <p>Nothing is done for a request without the token, longer than {@link #MAX_REQUEST_BYTES} or
 * slower than the time limit. At most {@value #MAX_CONNECTIONS} are served at a time.
 */
final class ControlServer implements AutoCloseable {
  /** Carries out a request; what it returns is the answer. */
  interface Handler {
    /**
     * @param node 0 if the command names none
     * @throws CommandException if it cannot be done; the caller is told the message
     */
    ObjectNode handle(String command, int node);
  }

  static final int MAX_REQUEST_BYTES = 4096;
  private static final int MAX_CONNECTIONS = 16;
  private static final long CLOSE_MILLIS = 1_000;
  private static final Logger log = LoggerFactory.getLogger(ControlServer.class);
  private static final JsonMapper JSON = new JsonMapper();

  private final ServerSocket socket;
  private final byte[] token;
  private final ControlFile file;
  private final Duration timeLimit;
  private final Handler handler;
  private final ExecutorService connections;
  private final Thread acceptor;

  /**
   * Listens on a free port of the loopback interface.
   *
   * @param timeLimit for the arrival of a whole request
   */
  ControlServer(Duration timeLimit, Handler handler) throws IOException {
    socket = new ServerSocket(0, MAX_CONNECTIONS, InetAddress.getLoopbackAddress());
    file = ControlFile.create(socket.getLocalPort());
    token = file.token().getBytes(StandardCharsets.US_ASCII);
    this.timeLimit = timeLimit;
    this.handler = handler;
    connections =
        new ThreadPoolExecutor(
            0,
            MAX_CONNECTIONS,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> daemon(task, "control-connection"));
    acceptor = daemon(this::accept, "control");
    acceptor.start();
  }

  /** What clients must know. */
  ControlFile file() {
    return file;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        try {
          connections.execute(() -> serve(client));
        } catch (RejectedExecutionException e) {
          client.close(); // too many at once: the client sees the end and may try again
        }
      } catch (IOException e) {
        if (!socket.isClosed()) {
          log.warn("control connection failed: {}", e.toString());
        }
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      ObjectNode answer;
      try {
        answer = answer(readLine(client));
      } catch (CommandException e) {
        answer = JSON.createObjectNode().put("ok", false).put("message", e.getMessage());
      }
      client.getOutputStream().write((answer + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      log.debug("control connection ended: {}", e.toString());
    }
  }

  private ObjectNode answer(String line) {
    JsonNode request;
    try {
      request = JSON.readTree(line);
    } catch (JacksonException e) {
      throw new CommandException("the request is not JSON", e);
    }
    byte[] given = request.path("token").asString("").getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(token, given)) {
      throw new CommandException("the request has not the token of this launcher");
    }
    return handler
        .handle(request.path("command").asString(""), request.path("node").asInt(0))
        .put("ok", true);
  }

  private String readLine(Socket client) throws IOException {
    long deadline = System.nanoTime() + timeLimit.toNanos();
    InputStream in = client.getInputStream();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new CommandException("the request took too long");
      }
      client.setSoTimeout((int) left);
      int next;
      try {
        next = in.read();
      } catch (SocketTimeoutException e) {
        throw new CommandException("the request took too long", e);
      }
      if (next < 0 || next == '\n') {
        return line.toString(StandardCharsets.UTF_8);
      }
      if (line.size() == MAX_REQUEST_BYTES) {
        throw new CommandException("the request is longer than " + MAX_REQUEST_BYTES + " bytes");
      }
      line.write(next);
    }
  }

  /** Ends listening, and gives the answers under way a second to leave. */
  @Override
  public void close() throws IOException {
    socket.close();
    connections.shutdown();
    try {
      acceptor.join(CLOSE_MILLIS);
      if (!connections.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
        log.debug("a control connection is still open");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
