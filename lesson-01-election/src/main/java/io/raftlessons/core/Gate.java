package io.raftlessons.core;

import java.util.Optional;

/**
 * Asked before a server campaigns, takes a proposal or serves a read. Empty means yes; a reason is
 * what the caller sees. Whether a vote request may break in on a living leader is not asked here:
 * it is a flag in the request.
 */
public interface Gate {
  default Optional<String> campaignRefused(Step step) {
    return Optional.empty();
  }

  default Optional<String> proposalRefused(Step step) {
    return Optional.empty();
  }

  default Optional<String> readRefused(Step step) {
    return Optional.empty();
  }

  /** Always yes. */
  Gate OPEN = new Gate() {};
}
