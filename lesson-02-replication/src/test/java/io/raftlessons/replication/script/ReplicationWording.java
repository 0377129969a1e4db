package io.raftlessons.replication.script;

import io.raftlessons.core.Effect;
import io.raftlessons.replication.LogWrite.WriteLog;
import io.raftlessons.script.ElectionWording;
import io.raftlessons.script.Wording;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Lesson 2's words: entries are written index:term. */
public final class ReplicationWording implements Wording {
  private final Wording election = new ElectionWording();

  @Override
  public String message(Envelope message) {
    String words = election.message(message);
    return switch (message.getBodyCase()) {
      case PRE_VOTE ->
          words
              + lastLog(
                  message.getPreVote().getLastLogIndex(), message.getPreVote().getLastLogTerm());
      case REQUEST_VOTE ->
          words
              + lastLog(
                  message.getRequestVote().getLastLogIndex(),
                  message.getRequestVote().getLastLogTerm());
      case APPEND_ENTRIES -> words + appendEntries(message.getAppendEntries());
      case APPEND_ENTRIES_REPLY -> words + reply(message.getAppendEntriesReply());
      default -> words;
    };
  }

  private static String lastLog(long index, long term) {
    return " lastLog=" + at(index, term);
  }

  private static String appendEntries(AppendEntries request) {
    return " prevLog="
        + at(request.getPrevLogIndex(), request.getPrevLogTerm())
        + " entries="
        + list(request.getEntriesList())
        + " leaderCommit="
        + request.getLeaderCommit()
        + round(request.getReadRound());
  }

  private static String reply(AppendEntriesReply reply) {
    String verdict =
        reply.getSuccess()
            ? " success up to " + (reply.getPrevLogIndex() + reply.getCount())
            : " refused prevLog="
                + reply.getPrevLogIndex()
                + " hint="
                + at(reply.getHintIndex(), reply.getHintTerm());
    return verdict + round(reply.getReadRound());
  }

  private static String round(long readRound) {
    return readRound == 0 ? "" : " round=" + readRound;
  }

  @Override
  public Optional<String> effect(Effect effect) {
    if (effect instanceof WriteLog write) {
      return Optional.of("writes log from " + write.from() + ": " + list(write.entries()));
    }
    return election.effect(effect);
  }

  private static String list(List<Entry> entries) {
    return entries.stream()
        .map(entry -> at(entry.getIndex(), entry.getTerm()))
        .collect(Collectors.joining(" ", "[", "]"));
  }

  private static String at(long index, long term) {
    return index + ":" + term;
  }

  @Override
  public Optional<String> field(String name, String value) {
    return Optional.of(value);
  }
}
