package io.raftlessons.cluster.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Who answers a client's read, and what the answer promises. The services' reads are meant. */
public enum Reads {
  LEADER(
      "the leader, once a majority has confirmed that it still leads",
      "The read sees every write that was answered before it."),
  LEASE(
      "the leader, at once while it has heard a majority within the election timeout; else as "
          + "`leader`",
      "The same, as long as no clock of the cluster runs faster than another by more than "
          + "`max-clock-drift`, and all nodes have the same `election-timeout`. A clock that stands "
          + "still while its machine is suspended drifts, too."),
  FOLLOWER(
      "the node that the client asked, once the leader has told it how far its log must be applied",
      "The same, whatever clocks do. The machine of the leader has less to do."),
  STALE(
      "the node that the client asked; at once if it has asked the leader within `max-staleness`, "
          + "even if there is no leader now; else as `follower`",
      "The read sees every write that was answered longer than `max-staleness` before it. It may "
          + "miss a later one, even one of the same client.");

  private final String answeredBy;
  private final String promise;

  Reads(String answeredBy, String promise) {
    this.answeredBy = answeredBy;
    this.promise = promise;
  }

  /** As in settings: {@code lease}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  String answeredBy() {
    return answeredBy;
  }

  String promise() {
    return promise;
  }

  static Reads parse(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }

  static ValueType type() {
    String labels = Arrays.stream(values()).map(Reads::label).collect(Collectors.joining(", "));
    return new ValueType.Text(Pattern.compile(labels.replace(", ", "|")), "one of " + labels);
  }
}
