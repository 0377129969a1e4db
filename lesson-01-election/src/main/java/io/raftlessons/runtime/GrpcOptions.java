package io.raftlessons.runtime;

import io.grpc.BindableService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings of a {@link GrpcTransport}. Immutable; the builder checks them.
 *
 * @param localId this server's id: 1 to 128 characters
 * @param clusterFingerprint the same on all servers of the cluster
 * @param bindHost where to listen; the loopback address unless told otherwise
 * @param bindPort 0 means any free port
 * @param advertisedAddress "host:port" under which others reach this server; "" means bindHost and
 *     the port that was bound
 * @param maxMessageBytes a larger envelope is never sent and never accepted; the same on all
 *     servers; 1 KiB to 64 MiB
 * @param queueMessages how many messages may wait for one peer; further ones are dropped
 * @param queueBytes how many bytes may wait for one peer; more than {@code maxMessageBytes}
 * @param minBackoff the wait after the first failed connection; it doubles with each further one
 * @param maxBackoff the longest wait between two connections
 * @param aliveInterval how often the receiver of a stream says that it is alive
 * @param aliveTimeout how long a receiver may be silent before the sender hangs up; more than
 *     {@code aliveInterval}
 * @param learnedPeers how many peers are remembered by the address they told us
 * @param services further services of the same port; they run on threads of their own
 */
public record GrpcOptions(
    String localId,
    long clusterFingerprint,
    String bindHost,
    int bindPort,
    String advertisedAddress,
    int maxMessageBytes,
    int queueMessages,
    long queueBytes,
    Duration minBackoff,
    Duration maxBackoff,
    Duration aliveInterval,
    Duration aliveTimeout,
    int learnedPeers,
    List<BindableService> services) {

  public GrpcOptions {
    Hello.checkId(localId);
    if (advertisedAddress.isEmpty()) {
      check(
          !bindHost.equals("0.0.0.0") && !bindHost.equals("::"),
          "who listens on all addresses must say which one to advertise");
    } else {
      Address.parse(advertisedAddress);
    }
    check(bindPort >= 0 && bindPort <= 65535, "bindPort must be between 0 and 65535");
    check(
        maxMessageBytes >= 1 << 10 && maxMessageBytes <= 64 << 20,
        "maxMessageBytes must be between 1 KiB and 64 MiB");
    check(queueMessages >= 1, "queueMessages must be positive");
    check(
        queueBytes >= maxMessageBytes + PeerLink.ENVELOPE_OVERHEAD,
        "queueBytes must be more than maxMessageBytes");
    check(minBackoff.toMillis() >= 1, "minBackoff must be at least 1 ms");
    check(maxBackoff.compareTo(minBackoff) >= 0, "maxBackoff must be at least minBackoff");
    check(aliveInterval.toMillis() >= 1, "aliveInterval must be at least 1 ms");
    check(aliveTimeout.compareTo(aliveInterval) > 0, "aliveTimeout must exceed aliveInterval");
    check(learnedPeers >= 0, "learnedPeers must not be negative");
    services = List.copyOf(services);
  }

  public static Builder builder(String localId, long clusterFingerprint) {
    return new Builder(localId, clusterFingerprint);
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException(what);
    }
  }

  /** Starts with the defaults. */
  public static final class Builder {
    private final String localId;
    private final long clusterFingerprint;
    private String bindHost = "127.0.0.1";
    private int bindPort;
    private String advertisedAddress = "";
    private int maxMessageBytes = 4 << 20;
    private int queueMessages = 4096;
    private long queueBytes = 16 << 20;
    private Duration minBackoff = Duration.ofMillis(50);
    private Duration maxBackoff = Duration.ofSeconds(1);
    private Duration aliveInterval = Duration.ofSeconds(1);
    private Duration aliveTimeout = Duration.ofSeconds(3);
    private int learnedPeers = 64;
    private final List<BindableService> services = new ArrayList<>();

    private Builder(String localId, long clusterFingerprint) {
      this.localId = localId;
      this.clusterFingerprint = clusterFingerprint;
    }

    public Builder bind(String host, int port) {
      bindHost = host;
      bindPort = port;
      return this;
    }

    public Builder advertisedAddress(String address) {
      advertisedAddress = address;
      return this;
    }

    public Builder maxMessageBytes(int bytes) {
      maxMessageBytes = bytes;
      return this;
    }

    public Builder queue(int messages, long bytes) {
      queueMessages = messages;
      queueBytes = bytes;
      return this;
    }

    public Builder backoff(Duration min, Duration max) {
      minBackoff = min;
      maxBackoff = max;
      return this;
    }

    public Builder alive(Duration interval, Duration timeout) {
      aliveInterval = interval;
      aliveTimeout = timeout;
      return this;
    }

    public Builder learnedPeers(int bound) {
      learnedPeers = bound;
      return this;
    }

    public Builder service(BindableService service) {
      services.add(service);
      return this;
    }

    public GrpcOptions build() {
      return new GrpcOptions(
          localId,
          clusterFingerprint,
          bindHost,
          bindPort,
          advertisedAddress,
          maxMessageBytes,
          queueMessages,
          queueBytes,
          minBackoff,
          maxBackoff,
          aliveInterval,
          aliveTimeout,
          learnedPeers,
          services);
    }
  }
}
