package io.raftlessons.cluster.s3;

import static io.raftlessons.snapshots.TestSnapshots.content;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedS3Test {
  private static final int WRITERS = 4;

  @TempDir static Path directory;
  private static EmbeddedS3 server;
  private static S3ObjectStore objects;

  static S3Config config(EmbeddedS3 server, String bucket) {
    return S3Config.of(
        Optional.of(server.endpoint()), "us-east-1", bucket, Optional.of(server.credentials()));
  }

  @BeforeAll
  static void start() throws IOException {
    server = EmbeddedS3.start(directory, 0, Optional.empty(), List.of("bucket"));
    objects = new S3ObjectStore(config(server, "bucket"));
  }

  @AfterAll
  static void stop() throws IOException {
    objects.close();
    server.close();
  }

  @AfterEach
  void empty() throws IOException {
    for (String key : objects.list("")) {
      objects.delete(key);
    }
  }

  private static ObjectStore.Content text(String text) {
    return ObjectStore.Content.of(text.getBytes(UTF_8));
  }

  private static <R> List<R> atOnce(Callable<R> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try {
      List<R> results = new ArrayList<>();
      for (Future<R> done : threads.invokeAll(Collections.nCopies(WRITERS, work))) {
        results.add(done.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whatWasPutIsReadListedAndDeleted() throws IOException {
    byte[] content = content(100_000, 1);
    objects.putIfAbsent("a/b/one", ObjectStore.Content.of(content));
    objects.putIfAbsent("a/two", text(""));
    assertThat(objects.get("a/b/one", content.length).bytes()).isEqualTo(content);
    assertThat(objects.get("a/two", 0).bytes()).isEmpty();
    try (InputStream in = objects.read("a/b/one", 99_990)) {
      assertThat(in.readAllBytes()).hasSize(10).endsWith(content[99_999]);
    }
    try (InputStream in = objects.read("a/b/one", 100_000)) {
      assertThat(in.readAllBytes()).isEmpty();
    }
    assertThatIOException()
        .isThrownBy(() -> objects.get("a/b/one", content.length - 1))
        .withMessageContaining("more than the 99999 bytes");
    assertThat(objects.list("a/")).containsExactly("a/b/one", "a/two");
    objects.delete("a/b/one");
    objects.delete("a/b/one");
    assertThat(objects.list("")).containsExactly("a/two");
    assertThatExceptionOfType(ObjectStoreException.NotFound.class)
        .isThrownBy(() -> objects.get("a/b/one", 1));
    assertThatExceptionOfType(ObjectStoreException.NotFound.class)
        .isThrownBy(() -> objects.read("a/b/one", 0));
    assertThatExceptionOfType(ObjectStoreException.PreconditionFailed.class)
        .isThrownBy(() -> objects.putIfMatch("a/b/one", "\"abc\"", text("")));
  }

  @Test
  void ofSeveralWritersOneIsFirst() throws Exception {
    for (int round = 0; round < 5; round++) {
      String key = "key-" + round;
      assertThat(
              atOnce(
                  () -> {
                    try {
                      objects.putIfAbsent(key, text(key));
                      return "first";
                    } catch (ObjectStoreException.PreconditionFailed e) {
                      return "later";
                    }
                  }))
          .containsExactlyInAnyOrder("first", "later", "later", "later");
    }
  }

  /** Were comparison and replacement two steps, additions would be lost. */
  @Test
  void aCounterThatSeveralIncrementLosesNothing() throws Exception {
    int each = 25;
    objects.putIfAbsent("counter", text("0"));
    atOnce(
        () -> {
          for (int done = 0; done < each; ) {
            ObjectStore.Found found = objects.get("counter", 9);
            int next = Integer.parseInt(new String(found.bytes(), UTF_8)) + 1;
            try {
              objects.putIfMatch("counter", found.etag(), text("" + next));
              done++;
            } catch (ObjectStoreException.PreconditionFailed e) {
              // another one was faster
            }
          }
          return each;
        });
    assertThat(new String(objects.get("counter", 9).bytes(), UTF_8)).isEqualTo("" + WRITERS * each);
  }

  @Test
  void whatIsOnItsWayIsNotSeen() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    byte[] content = content(300_000, 1);
    ObjectStore.Content slow =
        new ObjectStore.Content() {
          @Override
          public long length() {
            return content.length;
          }

          @Override
          public InputStream open() {
            return new ByteArrayInputStream(content) {
              @Override
              public synchronized int read(byte[] bytes, int from, int length) {
                if (pos > content.length / 2) {
                  begun.countDown();
                  await(mayEnd);
                }
                return super.read(bytes, from, length);
              }
            };
          }
        };
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<?> put =
          thread.submit(
              () -> {
                objects.putIfAbsent("a/slow", slow);
                return null;
              });
      await(begun);
      assertThat(objects.list("")).isEmpty();
      objects.putIfAbsent("a/other", text("another one need not wait"));
      mayEnd.countDown();
      put.get();
    } finally {
      mayEnd.countDown();
      thread.shutdownNow();
    }
    assertThat(objects.list("")).containsExactly("a/other", "a/slow");
    assertThat(objects.get("a/slow", content.length).bytes()).isEqualTo(content);
    assertThat(directory.resolve("arrivals/objects")).isEmptyDirectory();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void noKeyLeadsElsewhere() throws IOException {
    for (String key : List.of("../outside", "a/../../outside", "a/", "..", ".")) {
      assertThatExceptionOfType(ObjectStoreException.class)
          .as(key)
          .isThrownBy(() -> objects.putIfAbsent(key, text("x")));
    }
    assertThat(objects.list("")).isEmpty();
    try (var files = Files.walk(directory)) {
      assertThat(files).noneMatch(file -> file.endsWith("outside"));
    }
  }

  @Test
  void aWrongSecretIsRefusedAtOnceAndNotShown() {
    S3Credentials own = server.credentials();
    for (S3Credentials wrong :
        List.of(
            new S3Credentials(own.accessKeyId(), "a-secret-that-is-wrong"),
            new S3Credentials("somebody-else", own.secretAccessKey()))) {
      S3Config config =
          S3Config.of(Optional.of(server.endpoint()), "us-east-1", "bucket", Optional.of(wrong));
      try (S3ObjectStore stranger = new S3ObjectStore(config)) {
        assertThatExceptionOfType(ObjectStoreException.Refused.class)
            .isThrownBy(() -> stranger.list(""))
            .withMessageContaining("s3://bucket at http://127.0.0.1:")
            .withMessageContaining("403")
            .satisfies(
                refused ->
                    assertThat(refused)
                        .asString()
                        .doesNotContain(wrong.secretAccessKey(), own.secretAccessKey()));
        assertThatExceptionOfType(ObjectStoreException.Refused.class)
            .isThrownBy(() -> stranger.putIfAbsent("key", text("x")));
      }
    }
    assertThat(own.toString()).doesNotContain(own.secretAccessKey()).doesNotContain("raft");
  }

  @Test
  void whoDoesNotSignGetsNothing() throws Exception {
    objects.putIfAbsent("key", text("x"));
    for (String path : List.of("/", "/bucket", "/bucket/key", "/bucket/../bucket/key")) {
      HttpRequest get = HttpRequest.newBuilder(URI.create(server.endpoint() + path)).build();
      assertThat(HttpClient.newHttpClient().send(get, BodyHandlers.ofString()).statusCode())
          .as(path)
          .isBetween(400, 403);
    }
  }

  @Test
  void aBucketThatIsNotThereIsNamed() {
    try (S3ObjectStore nowhere = new S3ObjectStore(config(server, "nowhere"))) {
      for (Callable<?> call :
          List.<Callable<?>>of(
              () -> nowhere.list(""),
              () -> nowhere.get("key", 1),
              () -> {
                nowhere.putIfAbsent("key", text("x"));
                return null;
              })) {
        assertThatExceptionOfType(ObjectStoreException.Refused.class)
            .isThrownBy(call::call)
            .withMessageContaining("there is no bucket nowhere");
      }
    }
  }

  @Test
  void onlyThisMachineReachesIt() throws IOException {
    int port = server.endpoint().getPort();
    List<InetAddress> others = new ArrayList<>();
    for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      others.addAll(Collections.list(network.getInetAddresses()));
    }
    others.add(InetAddress.getByName("127.0.0.2"));
    others.remove(InetAddress.getByName("127.0.0.1"));
    for (InetAddress address : others) {
      try (Socket socket = new Socket()) {
        assertThatIOException()
            .as(address.toString())
            .isThrownBy(() -> socket.connect(new InetSocketAddress(address, port), 1000));
      }
    }
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      assertThat(socket.isConnected()).isTrue();
    }
  }

  /** An operator needs the proxy for the Internet. */
  @Test
  void aProxyIsNotAskedForThisMachine() throws IOException {
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        S3ObjectStore behind = new S3ObjectStore(config(server, "bucket"))) {
      System.setProperty("http.proxyHost", "127.0.0.1");
      System.setProperty("http.proxyPort", "" + proxy.getLocalPort());
      System.setProperty("http.nonProxyHosts", "");
      try {
        behind.putIfAbsent("key", text("x"));
      } finally {
        System.clearProperty("http.proxyHost");
        System.clearProperty("http.proxyPort");
        System.clearProperty("http.nonProxyHosts");
      }
    }
  }
}
