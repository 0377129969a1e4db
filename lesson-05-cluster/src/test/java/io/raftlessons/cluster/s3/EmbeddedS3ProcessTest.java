package io.raftlessons.cluster.s3;

import static io.raftlessons.snapshots.TestSnapshots.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server in a process of its own, which is killed, and which has little memory or disk.
 *
 * <p>{@code -Ds3.large.mb=} says how large a large object is.
 */
@Timeout(120)
class EmbeddedS3ProcessTest {
  private static final long LARGE_BYTES = Long.getLong("s3.large.mb", 64) << 20;
  private static final S3Credentials USER = new S3Credentials("somebody", "a-secret-of-somebody");
  private static final int OBJECT_BYTES = 200_000;

  @TempDir Path directory;

  /** Every test begins with {@link #start}. */
  @SuppressWarnings("NullAway.Init")
  private Process process;

  @SuppressWarnings("NullAway.Init")
  private S3ObjectStore objects;

  /** Arguments: directory and port. Ends with its standard input. */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    int port = Integer.parseInt(arguments[1]);
    try (EmbeddedS3 server =
        EmbeddedS3.start(directory, port, Optional.of(USER), List.of("bucket"))) {
      System.out.println(server.endpoint());
      assertThat(System.in.read()).isNegative();
    }
  }

  private void start(String limits, int port) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    process =
        new ProcessBuilder(
                "sh",
                "-c",
                limits + " exec \"$0\" \"$@\"",
                java,
                "-Xmx40m",
                "-XX:MaxDirectMemorySize=16m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                EmbeddedS3ProcessTest.class.getName(),
                directory.toString(),
                "" + port)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    URI endpoint = URI.create(out.readLine());
    objects =
        new S3ObjectStore(
            new S3Config(
                Optional.of(endpoint),
                "us-east-1",
                "bucket",
                Optional.of(USER),
                Duration.ofSeconds(60),
                1));
  }

  @AfterEach
  void end() throws InterruptedException {
    objects.close();
    process.destroyForcibly().waitFor();
  }

  private void put(int number) throws IOException {
    objects.putIfAbsent(
        "some/key-" + number, ObjectStore.Content.of(content(OBJECT_BYTES, number)));
  }

  @Test
  void whatIsThereAfterAKillIsWholeAndHasAllThatWasAcknowledged() throws Exception {
    List<Integer> acknowledged = Collections.synchronizedList(new ArrayList<>());
    int port = 0;
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      for (int life = 1; life <= 2; life++) {
        start("", port);
        int first = 1000 * life;
        Future<?> writer =
            thread.submit(
                () -> {
                  for (int number = first; true; number++) {
                    put(number);
                    acknowledged.add(number);
                  }
                });
        int enough = acknowledged.size() + 5 + life;
        await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() >= enough);
        port = URI.create(objects.toString().replaceFirst(".* at ", "")).getPort();
        process.destroyForcibly().waitFor();
        assertThat(writer).failsWithin(Duration.ofSeconds(60));
        objects.close();
      }
    } finally {
      thread.shutdownNow();
    }
    start("", port);
    List<Integer> there = new ArrayList<>();
    for (String key : objects.list("")) {
      int number = Integer.parseInt(key.substring("some/key-".length()));
      assertThat(objects.get(key, OBJECT_BYTES).bytes()).isEqualTo(content(OBJECT_BYTES, number));
      there.add(number);
    }
    assertThat(there).containsAll(acknowledged);
    assertThat(there.size()).isLessThanOrEqualTo(acknowledged.size() + 2);
    assertThat(directory.resolve("arrivals/objects")).isEmptyDirectory();
  }

  @Test
  void aLargeObjectNeedsNoMemory() throws IOException {
    start("", 0);
    objects.putIfAbsent(
        "large",
        new ObjectStore.Content() {
          @Override
          public long length() {
            return LARGE_BYTES;
          }

          @Override
          public InputStream open() {
            return new Noise();
          }
        });
    byte[] found = new byte[1 << 16];
    byte[] expected = new byte[1 << 16];
    long compared = 0;
    try (InputStream in = objects.read("large", 0);
        InputStream noise = new Noise()) {
      for (int count = in.readNBytes(found, 0, found.length);
          count > 0;
          count = in.readNBytes(found, 0, found.length)) {
        assertThat(noise.readNBytes(expected, 0, count)).isEqualTo(count);
        assertThat(found).isEqualTo(expected);
        compared += count;
      }
    }
    assertThat(compared).isEqualTo(LARGE_BYTES);
  }

  /** The same bytes each time. */
  private static final class Noise extends InputStream {
    private final SplittableRandom random = new SplittableRandom(1);
    private final byte[] block = new byte[1 << 12];
    private long at;

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) {
      if (at == LARGE_BYTES) {
        return -1;
      }
      int inBlock = (int) (at % block.length);
      if (inBlock == 0) {
        random.nextBytes(block);
      }
      int count = Math.min(length, block.length - inBlock);
      System.arraycopy(block, inBlock, bytes, from, count);
      at += count;
      return count;
    }
  }

  /** Files may have 256 KiB, as on a disk that is nearly full. */
  @Test
  void whatDoesNotFitIsNotThereAndWhatFitsIs() throws IOException {
    start("ulimit -f 512;", 0);
    put(1);
    assertThatExceptionOfType(ObjectStoreException.Unavailable.class)
        .isThrownBy(
            () ->
                objects.putIfAbsent(
                    "some/large", ObjectStore.Content.of(content(2 * OBJECT_BYTES, 1))));
    assertThat(directory.resolve("arrivals/objects")).isEmptyDirectory();
    put(2);
    assertThat(objects.list("")).containsExactly("some/key-1", "some/key-2");
  }
}
