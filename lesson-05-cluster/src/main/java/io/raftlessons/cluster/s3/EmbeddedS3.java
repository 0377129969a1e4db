package io.raftlessons.cluster.s3;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.Setting;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.runtime.RealDisk;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An S3 server for one machine, in this process, on 127.0.0.1. Each object is a file, {@code
 * {directory}/objects/{bucket}/{key}}, and has its name only when all of it is on the disk, see
 * {@link DurableFiles}.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedS3 implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedS3.class);
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
      DurableFiles files = DurableFiles.open(directory, buckets);
      return new EmbeddedS3(lock, serve(files, port, credentials), credentials);
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
    try {
      return start(
          directory(config),
          config.s3Port(),
          given(config),
          List.of(config.snapshotDestination().orElseThrow().bucket()));
    } catch (BindException e) {
      Setting port = Settings.s3Port();
      throw new IOException(
          "%s. Give it another with %s or %s"
              .formatted(e.getMessage(), port.flag(), port.variable()),
          e);
    }
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

  private static S3Proxy serve(DurableFiles files, int port, S3Credentials credentials)
      throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      // s3proxy's own message does not name the port.
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      BindException taken =
          new BindException("cannot listen on port " + port + " of 127.0.0.1: " + e.getMessage());
      taken.initCause(e);
      throw taken;
    }
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(files)
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
    } catch (TimeoutException e) {
      LOG.debug("somebody was still connected to the S3 server when it stopped", e);
    } catch (Exception e) {
      throw new IOException("the S3 server does not stop: " + e, e);
    } finally {
      lock.close();
    }
  }
}
