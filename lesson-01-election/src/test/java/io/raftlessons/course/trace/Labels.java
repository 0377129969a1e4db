package io.raftlessons.course.trace;

import io.raftlessons.core.Effect;
import io.raftlessons.core.Effect.SendAfterSync;
import io.raftlessons.core.Effect.SendNow;
import io.raftlessons.core.Effects;
import io.raftlessons.wire.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a step comes to, in a few words: what changed, or that something was refused. */
final class Labels {
  private static final String NONE = "-";
  private static final int MOST_ENTRIES = 3;

  private final Map<String, String> before;
  private final Map<String, String> changed;
  private final List<Envelope> sent = new ArrayList<>();
  private final List<String> words = new ArrayList<>();

  private Labels(Map<String, String> before, Map<String, String> changed, Effects effects) {
    this.before = before;
    this.changed = changed;
    for (Effect effect : effects.list()) {
      if (effect instanceof SendNow now) {
        sent.add(now.envelope());
      } else if (effect instanceof SendAfterSync late) {
        sent.add(late.envelope());
      }
    }
  }

  /** "" if there is nothing to say but what the message says. */
  static String of(
      Object input, Map<String, String> before, Map<String, String> changed, Effects effects) {
    Labels labels = new Labels(before, changed, effects);
    if (before.isEmpty()) {
      return labels.fresh();
    }
    labels.roleAndTerm();
    labels.vote();
    labels.log();
    labels.indices();
    if (labels.words.isEmpty()) {
      labels.outcome(input);
    }
    return String.join("; ", labels.words);
  }

  private String now(String field) {
    return changed.getOrDefault(field, before.getOrDefault(field, ""));
  }

  private String fresh() {
    String log = now("log");
    return "starts: term "
        + now("currentTerm")
        + (now("votedFor").equals(NONE) ? "" : ", voted for " + now("votedFor"))
        + (log.isEmpty() || log.equals("[]") ? "" : ", log " + log);
  }

  private void roleAndTerm() {
    String term = now("currentTerm");
    boolean leads = "LEADER".equals(before.get("role"));
    switch (changed.getOrDefault("role", "")) {
      case "LEADER" -> words.add("leads term " + term);
      case "CANDIDATE" -> words.add("campaigns, t" + term);
      case "FOLLOWER" -> words.add((leads ? "steps down" : "gives up") + ", term " + term);
      default -> {
        if (changed.containsKey("currentTerm") && votedFor().isEmpty()) {
          words.add(("CANDIDATE".equals(now("role")) ? "campaigns, t" : "term ") + term);
        }
      }
    }
    if (changed.containsKey("preVotes") && !before.containsKey("preVotes")) {
      words.add("asks for pre-votes");
    }
  }

  /** Who is granted a vote in this step; "" for nobody. */
  private String votedFor() {
    return sent.stream()
        .filter(message -> message.getRequestVoteReply().getGranted())
        .map(Envelope::getTo)
        .findFirst()
        .orElse("");
  }

  private void vote() {
    if (!votedFor().isEmpty()) {
      words.add("votes for " + votedFor());
    }
    String leader = changed.getOrDefault("leader", NONE);
    if (!leader.equals(NONE) && "FOLLOWER".equals(now("role"))) {
      words.add("follows " + leader);
    }
  }

  private void log() {
    String log = changed.get("log");
    if (log != null) {
      List<String> old = entries(before.getOrDefault("log", "[]"));
      List<String> fresh = entries(log);
      List<String> gone = old.stream().filter(entry -> !fresh.contains(entry)).toList();
      List<String> added = fresh.stream().filter(entry -> !old.contains(entry)).toList();
      boolean replaced = !gone.isEmpty() && index(gone.get(gone.size() - 1)) >= first(fresh, gone);
      if (replaced) {
        words.add("removes " + inWords(after(gone, fresh)));
      }
      if (!added.isEmpty()) {
        words.add("log + " + inWords(added));
      }
    }
    if (changed.containsKey("snapshot")) {
      words.add("snapshot " + changed.get("snapshot"));
    }
    if (changed.containsKey("configuration")) {
      words.add("group " + changed.get("configuration").replaceFirst("^\\d+:", ""));
    }
  }

  private static String inWords(List<String> entries) {
    return entries.size() <= MOST_ENTRIES
        ? String.join(" ", entries)
        : entries.get(0) + " to " + entries.get(entries.size() - 1);
  }

  /** What went because the log was cut at its end, and not because it is old. */
  private static List<String> after(List<String> gone, List<String> fresh) {
    long first = first(fresh, gone);
    return gone.stream().filter(entry -> index(entry) >= first).toList();
  }

  /** The first index that can have been replaced: what is before was only left out. */
  private static long first(List<String> fresh, List<String> gone) {
    return fresh.isEmpty() ? index(gone.get(0)) : index(fresh.get(0));
  }

  private static long index(String entry) {
    return Long.parseLong(entry.substring(0, entry.indexOf(':')));
  }

  /** The entries of a log as text, without what stands for those that are not shown. */
  static List<String> entries(String log) {
    List<String> entries = new ArrayList<>();
    String[] parts = log.substring(1, log.length() - 1).split(" ");
    for (int i = 0; i < parts.length; i++) {
      if (parts[i].matches("\\d+:\\d+") && (i == 0 || !parts[i - 1].equals("after"))) {
        entries.add(parts[i]);
      }
    }
    return entries;
  }

  private void indices() {
    String commit = changed.get("commitIndex");
    String applied = changed.get("lastApplied");
    if (commit != null && commit.equals(applied)) {
      words.add("commits and applies up to " + commit);
    } else if (commit != null) {
      words.add("commits up to " + commit);
    } else if (applied != null) {
      words.add("applies up to " + applied);
    }
    if (words.isEmpty() && changed.containsKey("persisted")) {
      words.add("on disk up to " + changed.get("persisted"));
    }
  }

  private void outcome(Object input) {
    if (input instanceof Envelope) {
      sent.stream().map(Labels::refusal).filter(text -> !text.isEmpty()).forEach(words::add);
    }
  }

  private static String refusal(Envelope sent) {
    return switch (sent.getBodyCase()) {
      case REQUEST_VOTE_REPLY -> sent.getRequestVoteReply().getGranted() ? "" : "refuses";
      case PRE_VOTE_REPLY -> sent.getPreVoteReply().getGranted() ? "would vote" : "refuses";
      case APPEND_ENTRIES_REPLY -> sent.getAppendEntriesReply().getSuccess() ? "" : "refuses";
      default -> "";
    };
  }
}
