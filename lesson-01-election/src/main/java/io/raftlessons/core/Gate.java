package io.raftlessons.core;

import java.util.Optional;

/**
 * Asked before a server campaigns, takes a proposal or serves a read. Empty means yes; a refusal is
 * what the caller sees. Whether a vote request may break in on a living leader is not asked here:
 * it is a flag in the request.
 */
public interface Gate {
  /** Why not, as far as a caller has to tell cases apart. */
  enum Why {
    /** There is too much to do, or something has to come first. */
    BUSY,
    /** Leadership is being handed over (lesson 3). */
    TRANSFERRING,
    /**
     * A snapshot of the user's is on its way into the log, and nothing may come between (lesson 4).
     */
    RESTORING
  }

  /** A no. */
  record Refusal(Why why, String text) {}

  default Optional<Refusal> campaignRefused(Step step) {
    return Optional.empty();
  }

  default Optional<Refusal> proposalRefused(Step step) {
    return Optional.empty();
  }

  default Optional<Refusal> readRefused(Step step) {
    return Optional.empty();
  }

  /** Always yes. */
  Gate OPEN = new Gate() {};
}
