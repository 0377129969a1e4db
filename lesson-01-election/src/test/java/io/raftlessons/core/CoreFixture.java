package io.raftlessons.core;

import io.raftlessons.core.Effect.SendAfterSync;
import io.raftlessons.core.Effect.SendNow;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.HardState;
import io.raftlessons.wire.PreVote;
import io.raftlessons.wire.PreVoteReply;
import io.raftlessons.wire.RequestVote;
import io.raftlessons.wire.RequestVoteReply;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The vocabulary of the core's tests. The server under test is s1, its peers are s2, s3, ... */
public final class CoreFixture {
  /** A millisecond in nanoseconds. */
  public static final long MS = 1_000_000;

  /** The minimum election timeout of {@link RaftConfig#defaults} in nanoseconds. */
  public static final long T = 150 * MS;

  private CoreFixture() {}

  /** s1 to sN. */
  public static List<String> servers(int n) {
    return IntStream.rangeClosed(1, n).mapToObj(i -> "s" + i).toList();
  }

  public static HardState hardState(long term, String votedFor) {
    return HardState.newBuilder().setCurrentTerm(term).setVotedFor(votedFor).build();
  }

  public static Envelope message(String from, long term, Envelope.Builder body) {
    return body.setFrom(from).setTo("s1").setTerm(term).build();
  }

  public static Envelope heartbeat(String from, long term) {
    return message(
        from, term, Envelope.newBuilder().setAppendEntries(AppendEntries.getDefaultInstance()));
  }

  public static Envelope heartbeatReply(String from, long term) {
    AppendEntriesReply reply = AppendEntriesReply.newBuilder().setSuccess(true).build();
    return message(from, term, Envelope.newBuilder().setAppendEntriesReply(reply));
  }

  public static Envelope requestVote(String from, long term) {
    return requestVote(from, term, 0, 0);
  }

  public static Envelope requestVote(String from, long term, long lastLogTerm, long lastLogIndex) {
    RequestVote request =
        RequestVote.newBuilder().setLastLogTerm(lastLogTerm).setLastLogIndex(lastLogIndex).build();
    return message(from, term, Envelope.newBuilder().setRequestVote(request));
  }

  /** A vote request that a leader asked for by TimeoutNow. */
  public static Envelope requestVoteByTransfer(String from, long term) {
    RequestVote request = RequestVote.newBuilder().setLeadershipTransfer(true).build();
    return message(from, term, Envelope.newBuilder().setRequestVote(request));
  }

  public static Envelope vote(String from, long term, boolean granted) {
    RequestVoteReply reply = RequestVoteReply.newBuilder().setGranted(granted).build();
    return message(from, term, Envelope.newBuilder().setRequestVoteReply(reply));
  }

  /**
   * @param term the term the sender would campaign in
   */
  public static Envelope preVote(String from, long term, long lastLogTerm, long lastLogIndex) {
    PreVote request =
        PreVote.newBuilder()
            .setLastLogTerm(lastLogTerm)
            .setLastLogIndex(lastLogIndex)
            .setRound(7)
            .build();
    return message(from, term, Envelope.newBuilder().setPreVote(request));
  }

  /** The grant of a pre-vote: it echoes the term asked for and the round. */
  public static Envelope preVoteGranted(String from, Envelope request) {
    return preVoteReply(from, request.getTerm(), true, request.getPreVote().getRound());
  }

  public static Envelope preVoteReply(String from, long term, boolean granted, long round) {
    PreVoteReply reply = PreVoteReply.newBuilder().setGranted(granted).setRound(round).build();
    return message(from, term, Envelope.newBuilder().setPreVoteReply(reply));
  }

  /** What the effects send, now or after the sync, in order. */
  public static List<Envelope> sent(Effects effects) {
    List<Envelope> sent = new ArrayList<>();
    for (Effect effect : effects.list()) {
      if (effect instanceof SendNow send) {
        sent.add(send.envelope());
      } else if (effect instanceof SendAfterSync send) {
        sent.add(send.envelope());
      }
    }
    return sent;
  }

  public static List<Envelope> sent(Effects effects, BodyCase kind) {
    return sent(effects).stream().filter(m -> m.getBodyCase() == kind).toList();
  }

  /** The kinds of the effects, in order, as the names of their records. */
  public static List<String> kinds(Effects effects) {
    return effects.list().stream().map(e -> e.getClass().getSimpleName()).toList();
  }
}
