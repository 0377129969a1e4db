package io.raftlessons.cluster.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A bucket of an S3 store, reached with path-style addresses. Uploads carry checksums, which the
 * store compares.
 *
 * <p>The client is made by the first request: it takes half a second, and a node has other things
 * to do when it starts.
 */
public final class S3ObjectStore implements ObjectStore {
  private static final int CONNECTIONS = 8;
  private static final String BINARY = "application/octet-stream";

  private final S3Config config;
  private @Nullable S3Client client;
  private boolean closed;

  public S3ObjectStore(S3Config config) {
    this.config = config;
  }

  private synchronized S3Client client() throws ObjectStoreException {
    if (closed) {
      throw new ObjectStoreException.Refused("the connection to " + this + " is closed", null);
    }
    if (client == null) {
      client = connect();
    }
    return client;
  }

  private S3Client connect() {
    var builder =
        S3Client.builder()
            .region(Region.of(config.region()))
            .forcePathStyle(true)
            .credentialsProvider(credentials())
            .httpClientBuilder(
                Apache5HttpClient.builder()
                    .maxConnections(CONNECTIONS)
                    .proxyConfiguration(proxy())
                    .connectionTimeout(config.timeout())
                    .connectionAcquisitionTimeout(config.timeout())
                    .socketTimeout(config.timeout()))
            .overrideConfiguration(
                override ->
                    override.retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(config.attempts())
                            .build()));
    config.endpoint().ifPresent(builder::endpointOverride);
    return builder.build();
  }

  /**
   * Whatever {@code HTTP_PROXY} says, nobody else reaches this machine's loopback addresses. An
   * operator who set it for downloads would otherwise find the store of this machine unreachable.
   */
  private ProxyConfiguration proxy() {
    boolean mayBeUsed = config.endpoint().stream().noneMatch(S3ObjectStore::isOnThisMachine);
    return ProxyConfiguration.builder()
        .useSystemPropertyValues(mayBeUsed)
        .useEnvironmentVariableValues(mayBeUsed)
        .build();
  }

  private static boolean isOnThisMachine(URI endpoint) {
    String host = String.valueOf(endpoint.getHost());
    return host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.");
  }

  private AwsCredentialsProvider credentials() {
    return config
        .credentials()
        .<AwsCredentialsProvider>map(
            of ->
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(of.accessKeyId(), of.secretAccessKey())))
        .orElseGet(() -> DefaultCredentialsProvider.builder().build());
  }

  @Override
  public void putIfAbsent(String key, Content content) throws ObjectStoreException {
    put(key, content, put -> put.ifNoneMatch("*"));
  }

  /**
   * The header has the ETag as the store gave it, in quotes. There are stores that compare it with
   * one without quotes, which never matches.
   */
  @Override
  public void putIfMatch(String key, String etag, Content content) throws ObjectStoreException {
    try {
      put(key, content, put -> put.ifMatch(etag));
    } catch (ObjectStoreException.PreconditionFailed e) {
      if (etag.equals(bare(etag)) || !bare(etag).equals(bare(etagOf(key)))) {
        throw e;
      }
      put(key, content, put -> put.ifMatch(bare(etag)));
    } catch (ObjectStoreException.NotFound e) {
      throw new ObjectStoreException.PreconditionFailed(String.valueOf(e.getMessage()), e);
    }
  }

  private String etagOf(String key) throws ObjectStoreException {
    return call(
        key,
        client -> {
          String etag = client.headObject(head -> head.bucket(config.bucket()).key(key)).eTag();
          return etag == null ? "" : etag;
        });
  }

  static String bare(String etag) {
    return etag.replace("\"", "");
  }

  private interface Condition {
    void on(PutObjectRequest.Builder put);
  }

  private void put(String key, Content content, Condition condition) throws ObjectStoreException {
    RequestBody body =
        RequestBody.fromContentProvider(() -> open(content), content.length(), BINARY);
    call(
        key,
        client ->
            client.putObject(
                put -> {
                  put.bucket(config.bucket()).key(key);
                  put.overrideConfiguration(within(content.length()));
                  condition.on(put);
                },
                body));
  }

  private static InputStream open(Content content) {
    try {
      return content.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private AwsRequestOverrideConfiguration within(long bytes) {
    Duration attempt = config.timeout().plusSeconds(bytes >> 20);
    return AwsRequestOverrideConfiguration.builder()
        .apiCallAttemptTimeout(attempt)
        .apiCallTimeout(attempt.multipliedBy(config.attempts() + 1L))
        .build();
  }

  @Override
  public Found get(String key, int maxBytes) throws IOException {
    try (ResponseInputStream<GetObjectResponse> in = stream(key, 0)) {
      byte[] bytes = reading(key, () -> in.readNBytes(maxBytes + 1));
      if (bytes.length > maxBytes) {
        in.abort();
        throw new IOException(
            key + " in " + this + " has more than the " + maxBytes + " bytes that it may have");
      }
      return new Found(bytes, Objects.requireNonNullElse(in.response().eTag(), ""));
    }
  }

  private interface Reading<R> {
    R get() throws IOException;
  }

  private <R> R reading(String key, Reading<R> reading) throws ObjectStoreException {
    try {
      return reading.get();
    } catch (IOException | SdkClientException e) {
      throw unavailable(key, e);
    }
  }

  @Override
  public InputStream read(String key, long from) throws IOException {
    ResponseInputStream<GetObjectResponse> response;
    try {
      response = stream(key, from);
    } catch (ObjectStoreException.Refused e) {
      if (e.getCause() instanceof S3Exception s3 && s3.statusCode() == 416) {
        return InputStream.nullInputStream();
      }
      throw e;
    }
    return new FilterInputStream(response) {
      @Override
      public int read() throws IOException {
        return reading(key, super::read);
      }

      @Override
      public int read(byte[] bytes, int from, int length) throws IOException {
        return reading(key, () -> super.read(bytes, from, length));
      }

      @Override
      public void close() {
        // Not close(): that would read the rest.
        response.abort();
      }
    };
  }

  private ResponseInputStream<GetObjectResponse> stream(String key, long from)
      throws ObjectStoreException {
    return call(
        key,
        client ->
            client.getObject(
                get -> {
                  get.bucket(config.bucket()).key(key).overrideConfiguration(within(0));
                  if (from > 0) {
                    get.range("bytes=" + from + "-");
                  }
                }));
  }

  @Override
  public List<String> list(String prefix) throws ObjectStoreException {
    return call(
        prefix,
        client ->
            client
                .listObjectsV2Paginator(
                    list ->
                        list.bucket(config.bucket())
                            .prefix(prefix)
                            .overrideConfiguration(within(0)))
                .contents()
                .stream()
                .map(S3Object::key)
                .sorted()
                .toList());
  }

  @Override
  public void delete(String key) throws ObjectStoreException {
    call(
        key,
        client ->
            client.deleteObject(
                delete ->
                    delete.bucket(config.bucket()).key(key).overrideConfiguration(within(0))));
  }

  private interface Request<R> {
    R send(S3Client client);
  }

  private <R> R call(String key, Request<R> request) throws ObjectStoreException {
    S3Client connected = client();
    try {
      return request.send(connected);
    } catch (S3Exception e) {
      throw translate(key, e);
    } catch (SdkClientException
        | UncheckedIOException
        | IllegalStateException
        | RejectedExecutionException e) {
      // The last two: it was closed meanwhile.
      throw unavailable(key, e);
    }
  }

  private ObjectStoreException translate(String key, S3Exception e) {
    int status = e.statusCode();
    String message = "%s in %s: %d %s".formatted(key, this, status, reason(e));
    // 409: another conditional write of this key is under way.
    if (status >= 500 || status == 429 || status == 408 || status == 409) {
      return new ObjectStoreException.Unavailable(message, e);
    }
    if (e instanceof NoSuchBucketException) {
      return new ObjectStoreException.Refused(
          "there is no bucket %s (%s): make it, or name another one"
              .formatted(config.bucket(), this),
          e);
    }
    return switch (status) {
      case 404 -> new ObjectStoreException.NotFound(message, e);
      case 412 -> new ObjectStoreException.PreconditionFailed(message, e);
      default -> new ObjectStoreException.Refused(message, e);
    };
  }

  /** Without the number of the request: a problem that goes on keeps its text. */
  private static String reason(S3Exception e) {
    AwsErrorDetails details = e.awsErrorDetails();
    return details == null || details.errorMessage() == null
        ? "without a reason"
        : details.errorCode() + ", " + details.errorMessage();
  }

  private ObjectStoreException unavailable(String key, Exception e) {
    return new ObjectStoreException.Unavailable(
        "no answer about " + key + " from " + this + ": " + e.getMessage(), e);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.close();
      client = null;
    }
  }

  @Override
  public String toString() {
    return config.location();
  }
}
