package io.raftlessons.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.raftlessons.core.EnvelopeFuzzer.Fuzzed;
import io.raftlessons.core.EnvelopeFuzzer.Sort;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;

/** Makes garbage of a well-formed message by one change. */
final class EnvelopeDamage {
  private interface Change {
    void to(Envelope.Builder message);
  }

  private record Named(String name, Change change) {}

  private final SimRandom random;
  private final List<Named> ofAll = new ArrayList<>();
  private final Map<BodyCase, List<Named>> of = new EnumMap<>(BodyCase.class);

  EnvelopeDamage(SimRandom random) {
    this.random = random;
    ofAll.add(new Named("term out of range", m -> m.setTerm(outOfRange())));
    ofAll.add(new Named("no sender", Envelope.Builder::clearFrom));
    ofAll.add(new Named("no body", Envelope.Builder::clearBody));
    ofAll.add(new Named("unknown body", this::unknownBody));
    appendEntries();
    appendEntriesReply();
    votes();
  }

  Fuzzed oneThing(Envelope good) {
    List<Named> changes = new ArrayList<>(ofAll);
    changes.addAll(of.getOrDefault(good.getBodyCase(), List.of()));
    Named chosen = changes.get(random.nextInt(changes.size()));
    Envelope.Builder message = good.toBuilder();
    chosen.change().to(message);
    return new Fuzzed(message.build(), Sort.GARBAGE, good.getBodyCase() + ": " + chosen.name());
  }

  private void add(BodyCase kind, String name, Change change) {
    of.computeIfAbsent(kind, k -> new ArrayList<>()).add(new Named(name, change));
  }

  private void appendEntries() {
    append("term 0", (m, a) -> m.setTerm(0));
    append("prev_log_index out of range", (m, a) -> a.setPrevLogIndex(outOfRange()));
    append("prev_log_term out of range", (m, a) -> a.setPrevLogTerm(outOfRange()));
    append("prev_log_term above its term", (m, a) -> a.setPrevLogTerm(above(m.getTerm())));
    append("prev_log_term of nothing", (m, a) -> a.setPrevLogIndex(0).setPrevLogTerm(1));
    append(
        "prev_log_index without a term",
        (m, a) -> a.setPrevLogIndex(Math.max(1, a.getPrevLogIndex())).setPrevLogTerm(0));
    append("leader_commit out of range", (m, a) -> a.setLeaderCommit(outOfRange()));
    append("read_round negative", (m, a) -> a.setReadRound(negative()));
    append("receiver_joined out of range", (m, a) -> a.setReceiverJoined(outOfRange()));
    entry("index is not the next one", (m, e) -> e.setIndex(e.getIndex() + notZero()));
    entry("index out of range", (m, e) -> e.setIndex(outOfRange()));
    entry("term out of range", (m, e) -> e.setTerm(outOfRange()));
    entry("term 0", (m, e) -> e.setTerm(0));
    entry("term above its message's", (m, e) -> e.setTerm(above(m.getTerm())));
    entry("type unknown", (m, e) -> e.setTypeValue(random.chance(0.5) ? 2 : random.nextInt() | 8));
    entry("time negative", (m, e) -> e.setTime(negative()));
    append("entries swapped", this::swapTwo);
    append("an entry twice", (m, a) -> a.addEntries(last(a)));
    append("an entry of a lower term", this::lowerTerm);
  }

  private interface AppendChange {
    void to(Envelope.Builder message, AppendEntries.Builder append);
  }

  private interface EntryChange {
    void to(Envelope.Builder message, Entry.Builder entry);
  }

  private void append(String name, AppendChange change) {
    add(BodyCase.APPEND_ENTRIES, name, m -> change.to(m, m.getAppendEntriesBuilder()));
  }

  private void entry(String name, EntryChange change) {
    append(
        "entry: " + name,
        (m, a) -> {
          last(a);
          change.to(m, a.getEntriesBuilder(random.nextInt(a.getEntriesCount())));
        });
  }

  /** The last entry, of which there is one from now on. */
  private static Entry last(AppendEntries.Builder append) {
    if (append.getEntriesCount() == 0) {
      append
          .addEntriesBuilder()
          .setIndex(append.getPrevLogIndex() + 1)
          .setTerm(Math.max(1, append.getPrevLogTerm()));
    }
    return append.getEntries(append.getEntriesCount() - 1);
  }

  private void swapTwo(Envelope.Builder message, AppendEntries.Builder append) {
    Entry last = last(append);
    append.addEntries(last.toBuilder().setIndex(last.getIndex() + 1));
    int from = random.nextInt(append.getEntriesCount() - 1);
    Entry moved = append.getEntries(from);
    append.removeEntries(from).addEntries(moved);
  }

  private void lowerTerm(Envelope.Builder message, AppendEntries.Builder append) {
    long before = last(append).getTerm();
    append
        .addEntriesBuilder()
        .setIndex(last(append).getIndex() + 1)
        .setTerm(before - 1 - random.nextInt(3));
    message.setTerm(Math.max(message.getTerm(), before));
  }

  private void appendEntriesReply() {
    BodyCase kind = BodyCase.APPEND_ENTRIES_REPLY;
    add(
        kind,
        "prev_log_index out of range",
        m -> m.getAppendEntriesReplyBuilder().setPrevLogIndex(outOfRange()));
    add(kind, "count out of range", m -> m.getAppendEntriesReplyBuilder().setCount(outOfRange()));
    add(
        kind,
        "read_round negative",
        m -> m.getAppendEntriesReplyBuilder().setReadRound(negative()));
    add(
        kind,
        "hint_index out of range",
        m -> m.getAppendEntriesReplyBuilder().setHintIndex(outOfRange()));
    add(
        kind,
        "hint_term out of range",
        m -> m.getAppendEntriesReplyBuilder().setHintTerm(outOfRange()));
    add(
        kind,
        "hint_term above its term",
        m -> m.getAppendEntriesReplyBuilder().setHintTerm(above(m.getTerm())));
  }

  private void votes() {
    vote(
        BodyCase.PRE_VOTE,
        (m, index) -> m.getPreVoteBuilder().setLastLogIndex(index),
        (m, term) -> m.getPreVoteBuilder().setLastLogTerm(term));
    vote(
        BodyCase.REQUEST_VOTE,
        (m, index) -> m.getRequestVoteBuilder().setLastLogIndex(index),
        (m, term) -> m.getRequestVoteBuilder().setLastLogTerm(term));
    add(BodyCase.PRE_VOTE, "round negative", m -> m.getPreVoteBuilder().setRound(negative()));
    add(
        BodyCase.PRE_VOTE_REPLY,
        "round negative",
        m -> m.getPreVoteReplyBuilder().setRound(negative()));
  }

  private void vote(
      BodyCase kind,
      ObjLongConsumer<Envelope.Builder> index,
      ObjLongConsumer<Envelope.Builder> term) {
    add(kind, "term 0", m -> m.setTerm(0));
    add(kind, "last_log_index out of range", m -> index.accept(m, outOfRange()));
    add(kind, "last_log_term out of range", m -> term.accept(m, outOfRange()));
    add(kind, "last_log_term not below", m -> term.accept(m, above(m.getTerm() - 1)));
    add(
        kind,
        "last_log_term of nothing",
        m -> {
          index.accept(m, 0);
          term.accept(m, 1);
          m.setTerm(Math.max(2, m.getTerm()));
        });
    add(
        kind,
        "last_log_index without a term",
        m -> {
          index.accept(m, 1 + random.nextInt(5));
          term.accept(m, 0);
        });
  }

  private void unknownBody(Envelope.Builder message) {
    UnknownFieldSet.Field field =
        UnknownFieldSet.Field.newBuilder()
            .addLengthDelimited(ByteString.copyFrom(new byte[random.nextInt(50)]))
            .build();
    message
        .clearBody()
        .setUnknownFields(
            UnknownFieldSet.newBuilder().addField(40 + random.nextInt(1000), field).build());
  }

  private long negative() {
    return switch (random.nextInt(4)) {
      case 0 -> -1;
      case 1 -> Long.MIN_VALUE;
      case 2 -> -1 - random.nextInt(1000);
      default -> random.nextLong() | Long.MIN_VALUE;
    };
  }

  private long outOfRange() {
    return switch (random.nextInt(4)) {
      case 0 -> Long.MAX_VALUE;
      case 1 -> EnvelopeFuzzer.LARGEST + 1 + random.nextLong(EnvelopeFuzzer.LARGEST);
      default -> negative();
    };
  }

  private long above(long bound) {
    return bound + 1 + (random.chance(0.5) ? 0 : random.nextInt(1000));
  }

  private long notZero() {
    return random.chance(0.5) ? 1 + random.nextInt(1000) : -1 - random.nextInt(1000);
  }
}
