package io.raftlessons.cluster.launcher;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the launcher of a data directory. */
final class ControlClient {
  private static final int MAX_ANSWER_BYTES = 1 << 20;
  private static final int CONNECT_MILLIS = 2_000;
  private static final JsonMapper JSON = new JsonMapper();

  private final ClusterDirectory directory;
  private final Duration timeLimit;

  /**
   * @param timeLimit how long an answer may take to begin
   */
  ControlClient(ClusterDirectory directory, Duration timeLimit) {
    this.directory = directory;
    this.timeLimit = timeLimit;
  }

  /**
   * @param node 0 if the command names none
   * @throws CommandException if no cluster runs, or the launcher refuses; the message says why
   */
  JsonNode call(String command, int node) {
    return tryCall(command, node)
        .orElseThrow(
            () ->
                new CommandException(
                    "no cluster is running in %s; 'cluster up' starts one"
                        .formatted(directory.root())));
  }

  /** The same, but empty if no cluster is running. */
  Optional<JsonNode> tryCall(String command, int node) {
    Optional<ControlFile> file;
    try {
      file = ControlFile.read(directory.controlFile());
    } catch (IOException e) {
      throw new CommandException("cannot read " + directory.controlFile() + ": " + e, e);
    }
    // a control file outlives a launcher that was killed
    if (file.isEmpty() || ProcessHandle.of(file.get().pid()).isEmpty()) {
      return Optional.empty();
    }
    try (Socket socket = new Socket()) {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      try {
        socket.connect(new InetSocketAddress(loopback, file.get().port()), CONNECT_MILLIS);
      } catch (IOException e) {
        return Optional.empty();
      }
      socket.setSoTimeout((int) timeLimit.toMillis());
      return Optional.of(exchange(socket, file.get(), command, node));
    } catch (IOException e) {
      throw new CommandException(
          "the launcher (pid " + file.get().pid() + ") does not answer: " + e.getMessage(), e);
    }
  }

  private static JsonNode exchange(Socket socket, ControlFile file, String command, int node)
      throws IOException {
    String request =
        JSON.createObjectNode()
            .put("token", file.token())
            .put("command", command)
            .put("node", node)
            .toString();
    socket.getOutputStream().write((request + "\n").getBytes(StandardCharsets.UTF_8));
    byte[] bytes = socket.getInputStream().readNBytes(MAX_ANSWER_BYTES);
    if (bytes.length == 0) {
      throw new IOException("it closed the connection");
    }
    JsonNode answer;
    try {
      answer = JSON.readTree(bytes);
    } catch (JacksonException e) {
      throw new IOException("its answer is not JSON", e);
    }
    if (!answer.path("ok").asBoolean(false)) {
      throw new CommandException(answer.path("message").asString("the launcher refused"));
    }
    return answer;
  }
}
