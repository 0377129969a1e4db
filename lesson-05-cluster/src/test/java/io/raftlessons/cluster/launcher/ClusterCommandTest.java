package io.raftlessons.cluster.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.cluster.launcher.Commands.Result;
import io.raftlessons.cluster.node.ClusterIdentity;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands say when they cannot do what they were asked. No node is started here. */
class ClusterCommandTest {
  @TempDir Path temporary;

  private Path data;
  private Commands cluster;

  @BeforeEach
  void prepare() throws IOException {
    data = temporary.resolve("raft-data");
    cluster = new Commands(data);
  }

  private void assertFails(Result result, String message) {
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err().strip()).startsWith("error: ").contains(message);
    assertThat(result.err().strip().lines()).hasSize(1);
  }

  private void identity(String name, int format) throws IOException {
    Files.createDirectories(data);
    String json = ClusterIdentity.create(name).json();
    Files.writeString(
        data.resolve("cluster.json"),
        json.replace("\"format\" : " + ClusterIdentity.FORMAT, "\"format\" : " + format));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up",
        "status",
        "kill",
        "stop",
        "start",
        "members",
        "add",
        "demote",
        "remove",
        "transfer",
        "logs",
        "down",
        "recover",
        "wipe"
      })
  void everyCommandExplainsItself(String command) {
    Result result = cluster.run(command, "--help");
    assertThat(result.code()).isZero();
    assertThat(result.out()).startsWith("Usage: cluster " + command).contains("--data=VALUE");
    assertThat(cluster.run("--help").out()).contains("\n  " + command);
  }

  @Test
  void upTakesEverySettingButThoseOfOneNode() {
    assertThat(cluster.run("up", "--help").out())
        .contains("--election-timeout=VALUE", "--node3-node-port=VALUE")
        .doesNotContain("--node-name", "--force-node-id", "--background");
  }

  @ParameterizedTest
  @CsvSource({
    "'', Usage: cluster",
    "fly, Unmatched argument",
    "up --frobnicate, Unknown option",
    "kill, Missing required parameter",
    "kill two, Invalid value",
    "logs 1 --lines=x, Invalid value",
    "demote 1 --if-index=x, Invalid value",
    "remove 1 --if-index, Missing required parameter",
    "demote 1 --nonvoter, Unknown option"
  })
  void wrongUsageIsExplained(String line, String message) {
    Result result = cluster.run(line.isEmpty() ? new String[0] : line.split(" "));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "kill 1",
        "stop 1",
        "start 1",
        "down",
        "add 1",
        "demote 1",
        "remove 1",
        "members"
      })
  void commandsSayThatNoClusterIsRunning(String line) {
    assertFails(cluster.run(line.split(" ")), "no cluster is running in " + data);
  }

  @Test
  void thereIsNoFourthNode() {
    assertFails(cluster.run("kill", "10"), "there is no node 10");
    assertFails(cluster.run("logs", "0"), "there is no node 0");
    assertFails(cluster.run("logs", "1"), "there is no log at ");
    assertFails(cluster.run("logs", "1", "--lines=-1"), "--lines must be 0 to 100000");
  }

  @Test
  void whatCannotBeMeantIsRefused() {
    for (String command : new String[] {"add", "demote", "remove"}) {
      assertFails(cluster.run(command, "10"), "there is no node 10");
      assertFails(cluster.run(command, "1", "--if-index=0"), "--if-index must be at least 1");
    }
    assertFails(cluster.run("add", "1", "--seconds=0"), "--seconds must be from 1 to 600");
    assertFails(cluster.run("add", "1", "--seconds=601"), "--seconds must be from 1 to 600");
  }

  @Test
  void aWrongSettingIsNamed() {
    assertFails(cluster.run("up", "--heap=1"), "flag --heap: heap is '1'");
    cluster.environment.put("RAFT_LOG_FILES", "many");
    assertFails(cluster.run("up"), "environment variable RAFT_LOG_FILES");
    assertThat(data).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"2, ADMIN", "3, NODE", "1, INGRESS"})
  void aPortInUseIsNamedWithItsUserAndTheWayToMoveIt(int node, Listener listener)
      throws IOException {
    int port = cluster.port(node, listener);
    try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      assertThat(other.isBound()).isTrue();
      Result result = cluster.run("up");
      assertFails(result, "port " + port + " on 127.0.0.1 is not free");
      assertThat(result.err())
          .contains("node-" + node + " needs it as its " + listener.label() + " port")
          .contains("--node" + node + "-" + listener.label() + "-port")
          .contains("NODE" + node + "_" + listener + "_PORT_OVERRIDE");
    }
    assertThat(data.resolve("control")).doesNotExist();
    Closeable lock = new ClusterDirectory(data).lock();
    lock.close();
  }

  @Test
  void aDataDirectoryMustBeADirectory() throws IOException {
    Files.writeString(data, "a file");
    assertFails(cluster.run("up"), "is not a directory");
  }

  @Test
  void aDataDirectoryMustBeWritable() {
    cluster.environment.put("RAFT_DATA_DIR", "/proc/raft-data");
    assertFails(cluster.run("up"), "cannot write in the data directory /proc/raft-data");
  }

  @Test
  void aDirectoryOfSomethingElseIsNotTaken() throws IOException {
    Files.createDirectories(data);
    Files.writeString(data.resolve("thesis.tex"), "x");
    assertFails(cluster.run("up"), "is not a cluster's directory");
    assertFails(cluster.run("wipe", "--yes"), "there is no cluster's data in");
    assertThat(data.resolve("thesis.tex")).exists();
  }

  @Test
  void aDirectoryOfAnotherClusterIsNotTaken() throws IOException {
    identity("other", ClusterIdentity.FORMAT);
    assertFails(cluster.run("up"), "belongs to cluster 'other', not 'raft-lessons'");
  }

  @ParameterizedTest
  @CsvSource({"3, newer than this program", "1, no longer reads"})
  void aDirectoryOfAnotherFormatIsNotTouched(int format, String message) throws IOException {
    identity("raft-lessons", format);
    assertFails(cluster.run("up"), message);
    assertFails(cluster.run("wipe", "--yes"), message);
    assertThat(data.resolve("cluster.json")).exists();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "[]", "{\"format\": 2, \"name\": \"x\", \"fingerprint\": \"12\"}"})
  void aDamagedIdentityIsReported(String json) throws IOException {
    Files.createDirectories(data);
    Files.writeString(data.resolve("cluster.json"), json);
    assertThat(cluster.run("up").code()).isEqualTo(1);
    assertThat(cluster.run("up").err()).startsWith("error: " + data.resolve("cluster.json"));
  }

  @Test
  void onlyOneLauncherHasTheDirectory() throws IOException {
    ClusterDirectory directory = new ClusterDirectory(data);
    directory.create();
    directory.identity("raft-lessons");
    Closeable lock = directory.lock();
    assertFails(cluster.run("up"), "a cluster is already running in " + data);
    assertFails(cluster.run("wipe", "--yes"), "a cluster is already running in " + data);
    lock.close();
    assertThat(cluster.run("wipe", "--yes").code()).isZero();
  }

  @Test
  void wipeDeletesWhatIsTheClustersAndNothingElse() throws IOException {
    ClusterDirectory directory = new ClusterDirectory(data);
    directory.create();
    directory.identity("raft-lessons");
    Path outside = Files.writeString(temporary.resolve("outside"), "precious");
    Files.createDirectories(data.resolve("node-1"));
    Files.createSymbolicLink(data.resolve("node-1").resolve("link"), outside);
    Files.writeString(data.resolve("notes"), "mine");

    Result result = cluster.run("wipe", "--yes");

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("left what is not the cluster's: notes");
    assertThat(data).isDirectoryNotContaining(file -> !file.endsWith("notes"));
    assertThat(outside).hasContent("precious");

    Files.delete(data.resolve("notes"));
    directory.create();
    directory.identity("raft-lessons");
    assertThat(cluster.run("wipe", "--yes").code()).isZero();
    assertThat(data).doesNotExist();
  }

  @Test
  void theIdentityIsMadeOnce() {
    ClusterDirectory directory = new ClusterDirectory(data);
    directory.create();
    ClusterIdentity first = directory.identity("raft-lessons");
    assertThat(first.fingerprint()).isNotZero();
    assertThat(directory.identity("raft-lessons")).isEqualTo(first);
    assertThat(ClusterIdentity.create("raft-lessons")).isNotEqualTo(first);
  }

  @Test
  void columnsAreAsWideAsTheirWidestCell() {
    Table table = new Table("A", "LONG", "C");
    table.row("longer", "x", "1");
    table.row("", "y", "");
    assertThat(table).hasToString("A       LONG  C\nlonger  x     1\n        y\n");
  }
}
