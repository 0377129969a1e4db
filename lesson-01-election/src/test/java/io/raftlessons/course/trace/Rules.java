package io.raftlessons.course.trace;

import io.raftlessons.core.Effect;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Effect.SendAfterSync;
import io.raftlessons.core.Effect.SendNow;
import io.raftlessons.core.Effects;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which rules of the paper's Figures 2 and 13 a step is about, told from outside: by its message,
 * by what changed, and by its effects. It does not say whether they were kept.
 */
final class Rules {
  private final Set<String> ids = new TreeSet<>();

  private Rules() {}

  /**
   * @param before the fields before the step; empty at a server's first step
   */
  static Set<String> of(
      Object input, Map<String, String> before, Map<String, String> changed, Effects effects) {
    Rules rules = new Rules();
    if (!before.isEmpty()) {
      rules.ofState(input, before, changed);
    }
    rules.ofEffects(input, effects);
    if (input instanceof Envelope message && !before.isEmpty()) {
      rules.ofMessage(message, changed, effects);
    }
    return rules.ids;
  }

  private void ofState(Object input, Map<String, String> before, Map<String, String> changed) {
    String role = changed.getOrDefault("role", "");
    String roleBefore = before.getOrDefault("role", "");
    boolean newTerm = changed.containsKey("currentTerm");
    switch (role) {
      case "CANDIDATE" -> ids.add(roleBefore.equals("FOLLOWER") ? "FOL-2" : "CAN-1");
      case "LEADER" -> {
        ids.add("CAN-2");
        ids.add("LD-1");
      }
      case "FOLLOWER" -> {
        if (roleBefore.equals("CANDIDATE") && !newTerm) {
          ids.add("CAN-3");
        }
      }
      default -> {
        if (newTerm && roleBefore.equals("CANDIDATE") && !(input instanceof Envelope)) {
          ids.add("CAN-4");
        }
      }
    }
    if (changed.containsKey("lastApplied")) {
      ids.add("ALL-1");
    }
    if (changed.containsKey("commitIndex")) {
      ids.add(changed.getOrDefault("role", roleBefore).equals("LEADER") ? "LD-4" : "AE-5");
    }
    if (input instanceof Envelope message
        && newTerm
        && Long.toString(message.getTerm()).equals(changed.get("currentTerm"))) {
      ids.add("ALL-2");
    }
  }

  private void ofEffects(Object input, Effects effects) {
    for (Effect effect : effects.list()) {
      if (effect instanceof SaveHardState) {
        ids.add("PS-1");
      } else if (effect instanceof SendNow send) {
        ofSent(send.envelope(), input);
      } else if (effect instanceof SendAfterSync send) {
        ofSent(send.envelope(), input);
      }
    }
  }

  private void ofSent(Envelope sent, Object input) {
    if (sent.getBodyCase() == BodyCase.APPEND_ENTRIES) {
      if (sent.getAppendEntries().getEntriesCount() > 0) {
        ids.add(input.equals("call") ? "LD-2" : "LD-3");
      } else {
        ids.add("LD-1");
      }
    } else if (sent.getBodyCase() == BodyCase.INSTALL_SNAPSHOT) {
      ids.add("LD-3");
    }
  }

  private void ofMessage(Envelope message, Map<String, String> changed, Effects effects) {
    switch (message.getBodyCase()) {
      case REQUEST_VOTE -> {
        for (Envelope reply : replies(effects, BodyCase.REQUEST_VOTE_REPLY)) {
          boolean lower = message.getTerm() < reply.getTerm();
          ids.add(lower && !reply.getRequestVoteReply().getGranted() ? "RV-1" : "RV-2");
        }
      }
      case APPEND_ENTRIES -> {
        for (Envelope reply : replies(effects, BodyCase.APPEND_ENTRIES_REPLY)) {
          ofAppend(message, reply, changed);
        }
      }
      case APPEND_ENTRIES_REPLY -> {
        if (changed.containsKey(message.getFrom())) {
          ids.add("LD-3");
        }
      }
      case INSTALL_SNAPSHOT -> ids.add(changed.containsKey("snapshot") ? "SN-5" : "SN-3");
      default -> {}
    }
  }

  private void ofAppend(Envelope message, Envelope reply, Map<String, String> changed) {
    AppendEntries request = message.getAppendEntries();
    AppendEntriesReply answer = reply.getAppendEntriesReply();
    if (!answer.getSuccess()) {
      ids.add(message.getTerm() < reply.getTerm() ? "AE-1" : "AE-2");
    } else if (request.getEntriesCount() > 0) {
      ids.add("AE-2");
      if (changed.containsKey("log")) {
        ids.add("AE-3");
        ids.add("AE-4");
      }
    }
  }

  private static Set<Envelope> replies(Effects effects, BodyCase kind) {
    Set<Envelope> replies = new LinkedHashSet<>();
    for (Effect effect : effects.list()) {
      Envelope sent =
          effect instanceof SendAfterSync late
              ? late.envelope()
              : effect instanceof SendNow now ? now.envelope() : Envelope.getDefaultInstance();
      if (sent.getBodyCase() == kind) {
        replies.add(sent);
      }
    }
    return replies;
  }
}
