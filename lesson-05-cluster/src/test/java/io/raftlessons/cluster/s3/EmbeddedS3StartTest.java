package io.raftlessons.cluster.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How it starts, what it finds then, and how it stops. */
class EmbeddedS3StartTest {
  @TempDir Path directory;
  private EmbeddedS3 server;

  @BeforeEach
  void start() throws IOException {
    server = start(0, Optional.empty());
  }

  private EmbeddedS3 start(int port, Optional<S3Credentials> given) throws IOException {
    return EmbeddedS3.start(directory, port, given, List.of("bucket"));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    server.close();
  }

  @Test
  void whatGotNoNameGoesAtTheNextStart() throws IOException {
    Path kept = directory.resolve("objects/bucket/kept");
    Files.writeString(kept, "kept");
    int port = server.endpoint().getPort();
    server.close();
    Path left = directory.resolve("arrivals/objects/of-a-process-that-was-killed");
    Files.writeString(left, "half of it");
    server = start(port, Optional.empty());
    assertThat(server.endpoint().getPort()).isEqualTo(port);
    assertThat(left).doesNotExist();
    assertThat(kept).hasContent("kept");
  }

  @Test
  void aDirectoryAndAPortAreNotShared() throws IOException {
    assertThatIOException()
        .isThrownBy(() -> start(0, Optional.empty()))
        .withMessageContaining("is in use by another process");
    int taken = server.endpoint().getPort();
    Path other = directory.resolve("other");
    assertThatExceptionOfType(BindException.class)
        .isThrownBy(() -> EmbeddedS3.start(other, taken, Optional.empty(), List.of()))
        .withMessageContaining("cannot listen on port " + taken + " of 127.0.0.1");
    EmbeddedS3.start(other, 0, Optional.empty(), List.of()).close(); // the lock was given back
  }

  @Test
  void credentialsAreMadeOnceAndAreTheirOwnersAlone() throws IOException {
    Path file = directory.resolve("credentials");
    S3Credentials made = server.credentials();
    assertThat(made.secretAccessKey()).matches("[0-9a-f]{48}");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    server.close();
    server = start(0, Optional.empty());
    assertThat(server.credentials()).isEqualTo(made);
    server.close();
    S3Credentials given = new S3Credentials("root", "given-by-somebody");
    server = start(0, Optional.of(given));
    assertThat(server.credentials()).isEqualTo(given);
    assertThat(Files.readString(file)).contains(made.secretAccessKey());
  }

  @Test
  void damagedCredentialsAreNamedAndNotRepeated() throws IOException {
    server.close();
    Path file = directory.resolve("credentials");
    for (byte[] damaged :
        List.of(
            new byte[0],
            "raft\n".getBytes(UTF_8),
            "raft\n\n".getBytes(UTF_8),
            "raft\nse cret\n".getBytes(UTF_8),
            "raft\nsecret\nmore\n".getBytes(UTF_8),
            new byte[] {'r', '\n', (byte) 0xff, '\n'})) {
      Files.write(file, damaged);
      assertThatIOException()
          .isThrownBy(() -> start(0, Optional.empty()))
          .withMessageContaining(file + " is damaged")
          .withMessageNotContaining("cret");
    }
    Files.delete(file);
    server = start(0, Optional.empty());
    assertThat(server.credentials().secretAccessKey()).hasSize(48);
  }

  @Test
  void itStopsThoughSomebodyIsConnected() throws IOException {
    try (Socket idle = new Socket(InetAddress.getLoopbackAddress(), server.endpoint().getPort())) {
      idle.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(UTF_8));
      long before = System.nanoTime();
      server.close();
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    }
  }
}
