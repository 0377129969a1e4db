package io.raftlessons.script;

import io.raftlessons.core.Effect;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.HardState;
import java.util.Optional;
import java.util.Set;

/** Lesson 1's words: terms and votes, and nothing of a log. */
public final class ElectionWording implements Wording {
  private static final Set<String> FIELDS =
      Set.of("role", "currentTerm", "votedFor", "leader", "preVotes", "votes");

  @Override
  public String message(Envelope message) {
    String term = " term=" + message.getTerm();
    return switch (message.getBodyCase()) {
      case PRE_VOTE -> "PreVote" + term;
      case PRE_VOTE_REPLY ->
          "PreVoteReply" + term + granted(message.getPreVoteReply().getGranted());
      case REQUEST_VOTE -> "RequestVote" + term;
      case REQUEST_VOTE_REPLY ->
          "RequestVoteReply" + term + granted(message.getRequestVoteReply().getGranted());
      case APPEND_ENTRIES -> "AppendEntries" + term;
      case APPEND_ENTRIES_REPLY -> "AppendEntriesReply" + term;
      default -> throw new IllegalArgumentException("no words for " + message.getBodyCase());
    };
  }

  private static String granted(boolean granted) {
    return granted ? " granted" : " refused";
  }

  @Override
  public Optional<String> effect(Effect effect) {
    if (effect instanceof SaveHardState save) {
      HardState state = save.state();
      String vote = state.getVotedFor().isEmpty() ? "-" : state.getVotedFor();
      return Optional.of("writes currentTerm=" + state.getCurrentTerm() + " votedFor=" + vote);
    }
    return Optional.empty();
  }

  @Override
  public Optional<String> field(String name, String value) {
    return FIELDS.contains(name) ? Optional.of(value) : Optional.empty();
  }
}
