package io.raftlessons.cluster.s3;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.runtime.RealDisk;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * An S3 server for one machine, in this process, on 127.0.0.1. Each object is a file, {@code
 * {directory}/objects/{bucket}/{key}}, and has its name only when it is complete; a put is answered
 * when it is durable.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedS3 implements Closeable {
  /** What s3proxy adds to the name of a file that is being written. */
  private static final Pattern UNFINISHED =
      Pattern.compile(".+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private static final long STOP_MILLIS = 1000;

  private final Closeable lock;
  private final S3Proxy server;
  private final S3Credentials credentials;

  private EmbeddedS3(Closeable lock, S3Proxy server, S3Credentials credentials) {
    this.lock = lock;
    this.server = server;
    this.credentials = credentials;
  }

  /**
   * Starts it.
   *
   * @param directory for it alone; made if it is not there
   * @param port 0 for any that is free
   * @param given the only user and the password; if empty, those of the first start, which were
   *     made up and are kept in a file of mode 600
   * @param buckets made if they are not there
   * @throws IOException if another process has the directory or the port, or it cannot be written
   */
  public static EmbeddedS3 start(
      Path directory, int port, Optional<S3Credentials> given, List<String> buckets)
      throws IOException {
    Closeable lock = new RealDisk(directory).lock("lock");
    try {
      S3Credentials credentials = given.orElse(null);
      if (credentials == null) {
        credentials = CredentialsFile.readOrMake(directory);
      }
      Path objects = directory.resolve("objects");
      for (String bucket : buckets) {
        Files.createDirectories(objects.resolve(bucket));
      }
      removeUnfinished(objects);
      return new EmbeddedS3(lock, serve(objects, port, credentials), credentials);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Starts the one of a cluster, with its bucket, below the cluster's data directory.
   *
   * @param config one that {@link ClusterConfig#embedsS3 embeds S3}
   */
  public static EmbeddedS3 start(ClusterConfig config) throws IOException {
    return start(
        directory(config),
        config.s3Port(),
        given(config),
        List.of(config.snapshotDestination().orElseThrow().bucket()));
  }

  private static Path directory(ClusterConfig config) {
    return config.dataDirectory().resolve("s3");
  }

  private static Optional<S3Credentials> given(ClusterConfig config) {
    return S3Credentials.of(config.s3Root().or(config::s3Keys));
  }

  /** Of the one of a cluster; empty if it was never started. */
  static Optional<S3Credentials> credentials(ClusterConfig config) throws IOException {
    Optional<S3Credentials> given = given(config);
    return given.isPresent() ? given : CredentialsFile.read(directory(config));
  }

  private static S3Proxy serve(Path objects, int port, S3Credentials credentials)
      throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      // s3proxy's own message does not name the port.
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new IOException(
          "cannot listen on port " + port + " of 127.0.0.1: " + e.getMessage(), e);
    }
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(new Durable(new FilesystemNio2BlobStore(objects.toString()), objects))
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .awsAuthentication(
                AuthenticationType.AWS_V4, credentials.accessKeyId(), credentials.secretAccessKey())
            .stopTimeout(STOP_MILLIS)
            .build();
    try {
      server.start();
      return server;
    } catch (Exception e) {
      throw new IOException("the S3 server does not start: " + e, e);
    }
  }

  /** Of a process that was killed. They would be listed, under names that nobody gave them. */
  private static void removeUnfinished(Path objects) throws IOException {
    List<Path> unfinished;
    try (Stream<Path> all = Files.walk(objects)) {
      unfinished =
          all.filter(file -> UNFINISHED.matcher(file.getFileName().toString()).matches())
              .filter(Files::isRegularFile)
              .toList();
    }
    for (Path file : unfinished) {
      Files.delete(file);
    }
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  /** Of its only user. */
  public S3Credentials credentials() {
    return credentials;
  }

  /** Stops it; requests under way have a second. Idempotent. */
  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("the S3 server does not stop: " + e, e);
    } finally {
      lock.close();
    }
  }

  /**
   * The files that s3proxy writes. It compares for {@code If-Match} and then writes: here that is
   * one step. And it leaves to the operating system when files reach the disk; an answer would
   * promise what a power cut takes away.
   */
  private static final class Durable extends ForwardingBlobStore {
    private final Path objects;

    /** For a key the one of its hash, so that a large upload is in nobody's way. */
    private final List<Object> oneWriter =
        IntStream.range(0, 64).<Object>mapToObj(i -> new Object()).toList();

    Durable(BlobStore files, Path objects) {
      super(files);
      this.objects = objects;
    }

    @Override
    public PutObjectResponse putBlob(PutObjectRequest put, InputStream body) {
      if (put.ifMatch() == null) {
        return durable(put, super.putBlob(put, body));
      }
      synchronized (oneWriter.get(Math.floorMod(put.key().hashCode(), oneWriter.size()))) {
        if (!S3ObjectStore.bare(put.ifMatch()).equals(etagOf(put))) {
          throw S3Exception.builder().statusCode(412).message("the object changed").build();
        }
        return durable(put, super.putBlob(put, body));
      }
    }

    private @Nullable String etagOf(PutObjectRequest put) {
      var found =
          blobMetadataIfPresent(
              HeadObjectRequest.builder().bucket(put.bucket()).key(put.key()).build());
      return found == null ? null : S3ObjectStore.bare(found.eTag());
    }

    private PutObjectResponse durable(PutObjectRequest put, PutObjectResponse response) {
      try {
        Path bucket = objects.resolve(put.bucket());
        Path file = bucket.resolve(put.key());
        sync(file);
        for (Path parent = file.getParent();
            parent != null && parent.startsWith(bucket);
            parent = parent.getParent()) {
          sync(parent);
        }
        return response;
      } catch (IOException e) {
        throw S3Exception.builder().statusCode(500).message("not durable: " + e).cause(e).build();
      }
    }

    private static void sync(Path path) throws IOException {
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
