package io.raftlessons.replication;

import java.util.ArrayList;
import java.util.List;

/**
 * The reads that wait for a quorum to say that this server still leads (thesis 6.4), by request id.
 *
 * <p>They share rounds: one round is under way at a time, and all reads that come meanwhile wait
 * for the next one. They cannot join the one under way, for its messages left before they came: an
 * answer to these may be older than another leader, and than what that one has acknowledged.
 */
public final class ReadIndexQueue {
  /**
   * Reads that the same answers confirm.
   *
   * @param number of the round that these messages carry
   * @param readIndex the commitIndex when they left
   */
  public record Round(long number, long readIndex, List<Long> reads) {}

  private static final Round NONE = new Round(0, 0, List.of());

  private final int most;
  private List<Long> waiting = new ArrayList<>();
  private Round underWay = NONE;

  /**
   * @param most how many reads may be here
   */
  public ReadIndexQueue(int most) {
    this.most = most;
  }

  /** False: there are too many already, and the read was not taken. */
  public boolean add(long read) {
    if (waiting.size() + underWay.reads().size() >= most) {
      return false;
    }
    waiting.add(read);
    return true;
  }

  /** Whether a round should start: somebody waits, and no round is under way. */
  public boolean wantsRound() {
    return !waiting.isEmpty() && !inRound();
  }

  /** All that wait go with the round whose messages leave now. */
  public void started(long number, long readIndex) {
    if (inRound()) {
      throw new IllegalStateException("round " + underWay.number() + " is under way");
    }
    underWay = new Round(number, readIndex, waiting);
    waiting = new ArrayList<>();
  }

  /** Whether a round is under way. */
  public boolean inRound() {
    return !underWay.reads().isEmpty();
  }

  /** The number of the round under way. */
  public long round() {
    return underWay.number();
  }

  /** A quorum has answered the round under way: its reads are not here any more. */
  public Round confirmed() {
    Round round = underWay;
    underWay = NONE;
    return round;
  }

  /** All reads, in the order in which they came; none of them is here any more. */
  public List<Long> takeAll() {
    List<Long> all = new ArrayList<>(underWay.reads());
    all.addAll(waiting);
    underWay = NONE;
    waiting = new ArrayList<>();
    return all;
  }

  public void describe(StringBuilder text) {
    if (inRound()) {
      text.append(" round ")
          .append(underWay.number())
          .append(" at ")
          .append(underWay.readIndex())
          .append(" for ")
          .append(underWay.reads());
    }
    if (!waiting.isEmpty()) {
      text.append(" readsWaiting=").append(waiting);
    }
  }
}
