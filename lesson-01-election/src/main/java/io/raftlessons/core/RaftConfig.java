package io.raftlessons.core;

import java.time.Duration;

/**
 * The settings every lesson shares. Immutable; {@link #builder} checks them.
 *
 * @param localId this server's id: 1 to 128 visible ASCII characters
 * @param cluster the fingerprint of the cluster, the same on all its servers; 0 if there is only
 *     one cluster in sight (tests)
 * @param electionTimeout the minimum election timeout; the real one is drawn from [this, 2 x this)
 *     again at every use (§5.2)
 * @param heartbeatInterval how often a leader lets its followers hear of it; at most half of the
 *     election timeout
 * @param preVote ask before campaigning (thesis 9.6); off only to see what it is good for
 * @param checkQuorum a leader that hears no quorum steps down (thesis 6.2); off only to see what it
 *     is good for
 */
public record RaftConfig(
    String localId,
    long cluster,
    Duration electionTimeout,
    Duration heartbeatInterval,
    boolean preVote,
    boolean checkQuorum) {
  private static final Duration LONGEST = Duration.ofHours(1);

  public RaftConfig {
    if (!localId.matches("[!-~]{1,128}")) {
      throw new IllegalArgumentException(
          "localId must have 1 to 128 visible ASCII characters and no blank, it has "
              + localId.length());
    }
    if (electionTimeout.compareTo(Duration.ofMillis(5)) < 0
        || electionTimeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "electionTimeout must be between 5 ms and 1 h, it is " + millis(electionTimeout));
    }
    if (heartbeatInterval.compareTo(Duration.ofMillis(1)) < 0
        || heartbeatInterval.compareTo(electionTimeout.dividedBy(2)) > 0) {
      throw new IllegalArgumentException(
          "heartbeatInterval must be at least 1 ms and at most half of electionTimeout ("
              + millis(electionTimeout)
              + "), it is "
              + millis(heartbeatInterval));
    }
  }

  /** The paper's timings: elections after 150-300 ms, heartbeats every 50 ms. */
  public static Builder builder(String localId) {
    return new Builder(localId);
  }

  /** The paper's timings (§9.3) for this server. */
  public static RaftConfig defaults(String localId) {
    return builder(localId).build();
  }

  /**
   * HashiCorp's timings for this server: elections after 1 to 2 s (its ElectionTimeout), heartbeats
   * every 100 ms (it draws from a tenth to a fifth of its HeartbeatTimeout). Its LeaderLeaseTimeout
   * of 500 ms has no counterpart: a leader that hears no quorum for an election timeout steps down.
   */
  public static RaftConfig hashicorpDefaults(String localId) {
    return builder(localId)
        .electionTimeout(Duration.ofSeconds(1))
        .heartbeatInterval(Duration.ofMillis(100))
        .build();
  }

  /** The minimum election timeout in nanoseconds. */
  public long electionTimeoutNanos() {
    return electionTimeout.toNanos();
  }

  public long heartbeatNanos() {
    return heartbeatInterval.toNanos();
  }

  private static String millis(Duration d) {
    boolean readableAsMillis = !d.isNegative() && d.compareTo(LONGEST) <= 0;
    return readableAsMillis ? d.toMillis() + " ms" : d.toString();
  }

  /** Collects settings. Not thread-safe. */
  public static final class Builder {
    private final String localId;
    private long cluster;
    private Duration electionTimeout = Duration.ofMillis(150);
    private Duration heartbeatInterval = Duration.ofMillis(50);
    private boolean preVote = true;
    private boolean checkQuorum = true;

    private Builder(String localId) {
      this.localId = localId;
    }

    public Builder cluster(long fingerprint) {
      cluster = fingerprint;
      return this;
    }

    public Builder electionTimeout(Duration minimum) {
      electionTimeout = minimum;
      return this;
    }

    public Builder heartbeatInterval(Duration interval) {
      heartbeatInterval = interval;
      return this;
    }

    public Builder preVote(boolean on) {
      preVote = on;
      return this;
    }

    public Builder checkQuorum(boolean on) {
      checkQuorum = on;
      return this;
    }

    /**
     * @throws IllegalArgumentException if a setting is out of range; the message says which
     */
    public RaftConfig build() {
      return new RaftConfig(
          localId, cluster, electionTimeout, heartbeatInterval, preVote, checkQuorum);
    }
  }
}
