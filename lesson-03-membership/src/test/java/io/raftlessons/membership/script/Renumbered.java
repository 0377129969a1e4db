package io.raftlessons.membership.script;

import io.raftlessons.core.Effect;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.replication.LogWrite.WriteLog;
import io.raftlessons.script.Wording;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.PreVote;
import io.raftlessons.wire.RequestVote;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a lesson that knows of no configuration. Its logs begin with nothing, in term 0,
 * where those of this lesson begin with the first configuration, at index 1 in term 1. So all
 * indices and terms are called one less than they are, and nothing is left out but what is said of
 * configurations. A commitIndex or matchIndex of 0 stays what it is: nothing is known yet.
 */
final class Renumbered implements Wording {
  /** How far indices and terms are ahead of what a script calls them. */
  static final long AHEAD = 1;

  /** What membership adds to a server's state. */
  private static final Set<String> OF_THIS_LESSON =
      Set.of("configuration", "committedConfiguration");

  private static final Pattern PLACE = Pattern.compile("(\\d+):(\\d+)");
  private static final Pattern PROGRESS = Pattern.compile("next (\\d+) match (\\d+)");
  private static final Pattern READ_INDEX = Pattern.compile("(?<= at )(\\d+)(?= for )");

  private final Wording words;

  Renumbered(Wording words) {
    this.words = words;
  }

  @Override
  public String message(Envelope message) {
    Envelope.Builder called = message.toBuilder().setTerm(message.getTerm() - AHEAD);
    switch (message.getBodyCase()) {
      case PRE_VOTE -> {
        PreVote.Builder request = called.getPreVoteBuilder();
        request
            .setLastLogIndex(request.getLastLogIndex() - AHEAD)
            .setLastLogTerm(request.getLastLogTerm() - AHEAD);
      }
      case REQUEST_VOTE -> {
        RequestVote.Builder request = called.getRequestVoteBuilder();
        request
            .setLastLogIndex(request.getLastLogIndex() - AHEAD)
            .setLastLogTerm(request.getLastLogTerm() - AHEAD);
      }
      case APPEND_ENTRIES -> called.setAppendEntries(called(message.getAppendEntries()));
      case APPEND_ENTRIES_REPLY -> {
        AppendEntriesReply.Builder reply = called.getAppendEntriesReplyBuilder();
        reply
            .setPrevLogIndex(reply.getPrevLogIndex() - AHEAD)
            .setHintIndex(reply.getHintIndex() - AHEAD)
            .setHintTerm(reply.getHintTerm() - AHEAD);
      }
      default -> {}
    }
    return words.message(called.build());
  }

  private static AppendEntries called(AppendEntries request) {
    return request.toBuilder()
        .setPrevLogIndex(request.getPrevLogIndex() - AHEAD)
        .setPrevLogTerm(request.getPrevLogTerm() - AHEAD)
        .clearEntries()
        .addAllEntries(called(request.getEntriesList()))
        .setLeaderCommit(known(request.getLeaderCommit()))
        .build();
  }

  private static List<Entry> called(List<Entry> entries) {
    return entries.stream()
        .map(
            entry ->
                entry.toBuilder()
                    .setIndex(entry.getIndex() - AHEAD)
                    .setTerm(entry.getTerm() - AHEAD)
                    .build())
        .toList();
  }

  /** An index that is 0 as long as nothing is known. */
  private static long known(long index) {
    return Math.max(0, index - AHEAD);
  }

  @Override
  public Optional<String> effect(Effect effect) {
    if (effect instanceof WriteLog write) {
      return words.effect(
          new WriteLog(write.sequence(), write.from() - AHEAD, called(write.entries())));
    }
    if (effect instanceof SaveHardState save) {
      long term = save.state().getCurrentTerm() - AHEAD;
      return words.effect(new SaveHardState(save.state().toBuilder().setCurrentTerm(term).build()));
    }
    return words.effect(effect);
  }

  @Override
  public Optional<String> field(String name, String value) {
    if (OF_THIS_LESSON.contains(name)) {
      return Optional.empty();
    }
    return words.field(name, value).map(shown -> called(name, shown));
  }

  private static String called(String name, String value) {
    return switch (name) {
      case "currentTerm", "persisted" -> String.valueOf(Long.parseLong(value) - AHEAD);
      case "commitIndex", "lastApplied" -> String.valueOf(known(Long.parseLong(value)));
      case "log" -> log(value);
      default -> progress(value);
    };
  }

  /** Without its first entry, the configuration. */
  private static String log(String value) {
    Matcher place = PLACE.matcher(value.replaceFirst("^\\[1:1 ?", "["));
    return place.replaceAll(p -> called(p.group(1)) + ":" + called(p.group(2)));
  }

  private static String progress(String value) {
    String rest = READ_INDEX.matcher(value).replaceAll(at -> called(at.group()));
    return PROGRESS
        .matcher(rest)
        .replaceAll(
            p -> "next " + called(p.group(1)) + " match " + known(Long.parseLong(p.group(2))));
  }

  private static String called(String number) {
    return String.valueOf(Long.parseLong(number) - AHEAD);
  }
}
