package io.raftlessons.sim;

import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Effect.SendAfterSync;
import io.raftlessons.core.Effect.SendNow;
import io.raftlessons.core.Effects;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.LogView;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.election.Election;
import io.raftlessons.election.Heartbeats;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.HardState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server of an {@link Exploration}: the core and its parts, with a clock of its own and a disk
 * that works when it is told to. It treats effects as the driver does: one sync is in flight, the
 * next one collects, and messages that promise something leave with the newest batch that still has
 * writes.
 */
final class ExploredServer {
  /** What the server's steps are shown to. */
  interface Watcher {
    void stepped(ExploredServer server, Object input, Effects effects);

    void leaves(Envelope message);
  }

  private static final class Batch {
    final List<HardState> writes = new ArrayList<>(2);
    final List<Envelope> thenSend = new ArrayList<>(2);
    int done;
  }

  private final RaftConfig config;
  private final Electorate electorate;
  private final Election.Factory factory;
  private final Watcher watcher;
  private long now;
  private HardState durable = HardState.getDefaultInstance();
  private RaftCore core;
  private Election election;
  private @Nullable Batch inFlight;
  private Batch collecting = new Batch();

  /** The newest pre-vote round of this life: what a part knows and does not describe. */
  private long round;

  ExploredServer(
      RaftConfig config, Electorate electorate, Election.Factory factory, Watcher watcher) {
    this.config = config;
    this.electorate = electorate;
    this.factory = factory;
    this.watcher = watcher;
    election = newElection();
    core = newCore();
  }

  private Election newElection() {
    return factory.create(config, LogView.EMPTY, electorate, Gate.OPEN, () -> 0L);
  }

  private RaftCore newCore() {
    return new RaftCore(
        config, durable, List.of(election, new Heartbeats(config, electorate)), now);
  }

  void start() {
    carryOut("start", core.onTime(now));
  }

  /** Loses memory and what is not on disk, and starts again. */
  void restart() {
    inFlight = null;
    collecting = new Batch();
    round = 0;
    election = newElection();
    core = newCore();
  }

  void receive(Envelope message) {
    carryOut(message, core.onMessage(now, message));
  }

  /** One minimum election timeout passes; the alarm does not ring yet. */
  void pass() {
    now += config.electionTimeoutNanos();
  }

  /** Two election timeouts pass in silence and the alarm rings: no timer is longer. */
  void timeOut() {
    now += 2 * config.electionTimeoutNanos();
    carryOut("time", core.onTime(now));
  }

  boolean writes() {
    return inFlight != null;
  }

  /** The disk finishes the oldest write. */
  void finishWrite() {
    Batch batch = inFlight;
    if (batch == null) {
      throw new IllegalStateException(id() + " writes nothing");
    }
    durable = batch.writes.get(batch.done++);
    if (batch.done == batch.writes.size()) {
      inFlight = null;
      batch.thenSend.forEach(watcher::leaves);
      carryOut(
          "synced",
          core.step(now, step -> batch.writes.forEach(state -> election.persisted(step, state))));
    }
  }

  private void carryOut(Object input, Effects effects) {
    watcher.stepped(this, input, effects);
    for (SaveHardState save : effects.of(SaveHardState.class)) {
      collecting.writes.add(save.state());
    }
    for (var effect : effects.list()) {
      if (effect instanceof SendNow send) {
        if (send.envelope().hasPreVote()) {
          round = send.envelope().getPreVote().getRound();
        }
        watcher.leaves(send.envelope());
      } else if (effect instanceof SendAfterSync send) {
        Batch covering = collecting.writes.isEmpty() ? inFlight : collecting;
        if (covering == null) {
          watcher.leaves(send.envelope());
        } else {
          covering.thenSend.add(send.envelope());
        }
      }
    }
    if (inFlight == null && !collecting.writes.isEmpty()) {
      inFlight = collecting;
      collecting = new Batch();
    }
  }

  String id() {
    return config.localId();
  }

  RaftCore core() {
    return core;
  }

  HardState durable() {
    return durable;
  }

  boolean leads() {
    return core.role() == Role.LEADER;
  }

  boolean campaignsIn(long term) {
    return core.role() == Role.CANDIDATE && core.currentTerm() == term;
  }

  /** Whether it would refuse a vote because a leader was heard a moment ago. */
  boolean sticky() {
    return core.leaderHeardRecently(now);
  }

  /** All that its future depends on, as canonical text. */
  void describe(StringBuilder text) {
    text.append(core.describe());
    text.append(sticky() ? " sticky" : " open").append(" round=").append(round);
    describe(text.append(" durable="), durable);
    describe(text.append(" writes="), inFlight);
    describe(text.append(" next="), collecting);
    text.append('\n');
  }

  private static void describe(StringBuilder text, HardState state) {
    text.append(state.getCurrentTerm()).append('/').append(state.getVotedFor()).append(',');
  }

  private static void describe(StringBuilder text, @Nullable Batch batch) {
    if (batch != null) {
      batch.writes.subList(batch.done, batch.writes.size()).forEach(state -> describe(text, state));
      batch.thenSend.forEach(m -> text.append(describe(m)).append(';'));
    }
  }

  /** A message as canonical text, with what the brief one leaves out: the round of a pre-vote. */
  static String describe(Envelope m) {
    long round = m.getPreVote().getRound() + m.getPreVoteReply().getRound();
    return m.getFrom() + ">" + m.getTo() + " " + SpaceTime.brief(m) + " r" + round;
  }
}
