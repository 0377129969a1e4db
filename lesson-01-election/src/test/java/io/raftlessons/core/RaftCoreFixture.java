package io.raftlessons.core;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.hardState;
import static io.raftlessons.core.CoreFixture.heartbeat;
import static io.raftlessons.core.CoreFixture.message;
import static io.raftlessons.wire.Envelope.BodyCase.APPEND_ENTRIES;
import static io.raftlessons.wire.Envelope.BodyCase.APPEND_ENTRIES_REPLY;
import static io.raftlessons.wire.Envelope.BodyCase.PRE_VOTE;
import static io.raftlessons.wire.Envelope.BodyCase.REQUEST_VOTE;
import static io.raftlessons.wire.Envelope.BodyCase.REQUEST_VOTE_REPLY;

import io.raftlessons.wire.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A core of term 5 with two scripted parts: p1 handles votes, p2 handles appends. */
abstract class RaftCoreFixture {
  static final long START = 1_000 * MS;

  record Note(String text) implements Effect {}

  final List<String> journal = new ArrayList<>();
  final ScriptedPart p1 =
      new ScriptedPart("p1", journal, PRE_VOTE, REQUEST_VOTE, REQUEST_VOTE_REPLY);
  final ScriptedPart p2 = new ScriptedPart("p2", journal, APPEND_ENTRIES, APPEND_ENTRIES_REPLY);
  long now = START;
  final RaftCore core = core(5, "");

  RaftCore core(long term, String votedFor) {
    RaftConfig config = RaftConfig.builder("s1").cluster(77).build();
    return new RaftCore(config, hardState(term, votedFor), List.of(p1, p2), START);
  }

  Effects receive(Envelope message) {
    return core.onMessage(now, message);
  }

  Effects step(Consumer<Step> call) {
    return core.step(now, call);
  }

  void lead() {
    step(Step::becomeCandidate);
    step(Step::becomeLeader);
    journal.clear();
  }

  static Envelope.Builder anyBody() {
    return heartbeat("", 0).toBuilder();
  }
}
