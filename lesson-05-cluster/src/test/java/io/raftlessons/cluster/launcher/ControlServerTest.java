package io.raftlessons.cluster.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ControlServerTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path root;

  private final List<String> handled = new CopyOnWriteArrayList<>();
  private ControlServer server;
  private ClusterDirectory directory;

  @BeforeEach
  void listen() throws IOException {
    directory = new ClusterDirectory(root);
    server = new ControlServer(Duration.ofMillis(300), this::handle);
    server.file().write(directory.controlFile());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private ObjectNode handle(String command, int node) {
    if (command.equals("refuse")) {
      throw new CommandException("not today");
    }
    handled.add(command + " " + node);
    return JSON.createObjectNode().put("message", "done");
  }

  private ControlClient client() {
    return new ControlClient(directory, Duration.ofSeconds(10));
  }

  private JsonNode send(byte[] request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request);
      socket.shutdownOutput();
      return JSON.readTree(socket.getInputStream().readAllBytes());
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.file().port());
  }

  private JsonNode send(String request) throws IOException {
    return send((request + "\n").getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aCommandIsCarriedOutAndAnswered() {
    assertThat(client().call("kill", 2).path("message").asString()).isEqualTo("done");
    assertThat(handled).containsExactly("kill 2");
  }

  @Test
  void aRefusalReachesTheCallerAsItsMessage() {
    assertThatThrownBy(() -> client().call("refuse", 0))
        .isInstanceOf(CommandException.class)
        .hasMessage("not today");
  }

  @Test
  void nothingIsDoneWithoutTheToken() throws IOException {
    String right = server.file().token();
    for (String token : List.of("", "x", right.substring(1), right + "0", "0".repeat(64))) {
      JsonNode answer =
          send(JSON.createObjectNode().put("token", token).put("command", "down").toString());
      assertThat(answer.path("ok").asBoolean()).isFalse();
      assertThat(answer.path("message").asString()).contains("token");
    }
    assertThat(send("{\"command\": \"down\"}").path("message").asString()).contains("token");
    assertThat(send("{\"token\": [1], \"command\": \"down\"}").path("ok").asBoolean()).isFalse();
    assertThat(handled).isEmpty();
  }

  @Test
  void garbageIsRefused() throws IOException {
    for (String garbage : List.of("", "GET / HTTP/1.1", "{", "[]", "null", "\u0000\u0001")) {
      assertThat(send(garbage).path("ok").asBoolean(true)).as(garbage).isFalse();
    }
    assertThat(send(new byte[] {(byte) 0xff, (byte) 0xfe, 0}).path("ok").asBoolean(true)).isFalse();
    assertThat(handled).isEmpty();
  }

  @Test
  void aRequestThatIsTooLongIsRefusedBeforeItsEnd() throws IOException {
    byte[] longer = new byte[ControlServer.MAX_REQUEST_BYTES + 1];
    java.util.Arrays.fill(longer, (byte) ' ');
    assertThat(send(longer).path("message").asString()).contains("longer than 4096");
    assertThat(handled).isEmpty();
  }

  @Test
  void aRequestThatNeverEndsIsRefusedAlthoughItsBytesKeepComing() throws IOException {
    try (Socket slow = connect()) {
      await()
          .atMost(Duration.ofSeconds(5))
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                if (slow.getInputStream().available() == 0) {
                  slow.getOutputStream().write(' ');
                  return false;
                }
                return true;
              });
      byte[] answer = new byte[slow.getInputStream().available()];
      assertThat(slow.getInputStream().read(answer)).isPositive();
      assertThat(new String(answer, StandardCharsets.UTF_8)).contains("took too long");
    }
  }

  @Test
  void idleConnectionsDoNotKeepOthersOutForLong() throws IOException {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 16; i++) {
        idle.add(connect());
      }
      await()
          .atMost(Duration.ofSeconds(5))
          .ignoreException(CommandException.class)
          .untilAsserted(() -> client().call("status", 0));
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
    assertThat(handled).containsExactly("status 0");
  }

  @Test
  void onlyTheOwnerCanReadTheControlFile() throws IOException {
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("control"))))
        .isEqualTo("rw-------");
    assertThat(server.file().toString()).doesNotContain(server.file().token());
  }

  @Test
  void aControlFileThatIsMissingDamagedOrStaleMeansThatNoClusterRuns() throws IOException {
    String expected = "no cluster is running in " + root + "; 'cluster up' starts one";
    server.close();
    assertThatThrownBy(() -> client().call("status", 0)).hasMessage(expected);
    Files.writeString(root.resolve("control"), "{\"port\": ");
    assertThatThrownBy(() -> client().call("status", 0)).hasMessage(expected);
    Files.writeString(root.resolve("control"), "x".repeat(5000));
    assertThatThrownBy(() -> client().call("status", 0)).hasMessage(expected);
    Files.delete(root.resolve("control"));
    assertThatThrownBy(() -> client().call("status", 0)).hasMessage(expected);
  }

  @Test
  void theFileOfALauncherThatDiedIsStaleEvenIfItsPortIsInUseAgain() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    assertThat(dead.waitFor()).isZero();
    new ControlFile(server.file().port(), server.file().token(), dead.pid())
        .write(directory.controlFile());
    assertThatThrownBy(() -> client().call("status", 0))
        .hasMessageContaining("no cluster is running");
    assertThat(handled).isEmpty();
  }
}
