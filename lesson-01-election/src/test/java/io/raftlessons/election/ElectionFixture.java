package io.raftlessons.election;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.T;
import static io.raftlessons.core.CoreFixture.hardState;
import static io.raftlessons.core.CoreFixture.preVoteGranted;
import static io.raftlessons.core.CoreFixture.servers;
import static io.raftlessons.core.CoreFixture.vote;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Effects;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.Gate;
import io.raftlessons.core.LogView;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.HardState;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Server s1 with an election and heartbeats, whose time, network and disk are the test's: nothing
 * is durable before {@link #persist}.
 */
final class ElectionFixture {
  /** The election that is tested. */
  static final Election.Factory FACTORY = ElectionParts.ELECTION;

  /** Settings of a test; what is not said is as in lesson 1. */
  static final class Setup {
    private final int servers;
    private boolean preVote = true;
    private boolean checkQuorum = true;
    private HardState stored = HardState.getDefaultInstance();
    private LogView log = LogView.EMPTY;
    private Gate gate = Gate.OPEN;
    private long seed = 1;

    private Setup(int servers) {
      this.servers = servers;
    }

    Setup preVote(boolean on) {
      preVote = on;
      return this;
    }

    Setup checkQuorum(boolean on) {
      checkQuorum = on;
      return this;
    }

    Setup stored(long term, String votedFor) {
      stored = hardState(term, votedFor);
      return this;
    }

    Setup log(long lastTerm, long lastIndex) {
      return log(new Log(lastTerm, lastIndex));
    }

    Setup log(LogView log) {
      this.log = log;
      return this;
    }

    Setup gate(Gate gate) {
      this.gate = gate;
      return this;
    }

    Setup seed(long seed) {
      this.seed = seed;
      return this;
    }

    ElectionFixture start() {
      return new ElectionFixture(this);
    }
  }

  private record Log(long lastTerm, long lastIndex) implements LogView {}

  final RaftCore core;
  long now = 10_000 * MS;
  Effects effects;
  private final Election election;
  private final List<String> peers;
  private HardState disk;

  static Setup group(int servers) {
    return new Setup(servers);
  }

  static ElectionFixture started(int servers) {
    return group(servers).start();
  }

  private ElectionFixture(Setup setup) {
    RaftConfig config =
        RaftConfig.builder("s1").preVote(setup.preVote).checkQuorum(setup.checkQuorum).build();
    Electorate electorate = Electorate.fixed(servers(setup.servers));
    peers = servers(setup.servers).subList(1, setup.servers);
    election =
        FACTORY.create(config, setup.log, electorate, setup.gate, new SplittableRandom(setup.seed));
    disk = setup.stored;
    core =
        new RaftCore(
            config, setup.stored, List.of(election, new Heartbeats(config, electorate)), now);
    effects = core.onTime(now);
  }

  Effects receive(Envelope message) {
    return keep(core.onMessage(now, message));
  }

  /** Lets time pass and tells the core only at the end. */
  Effects after(long nanos) {
    now += nanos;
    return keep(core.onTime(now));
  }

  /** Lets time pass that the core hears of with the next message only. */
  ElectionFixture pass(long nanos) {
    now += nanos;
    return this;
  }

  /** Lets the minimum election timeout pass: no leader counts as heard recently. */
  ElectionFixture passMinimumTimeout() {
    return pass(T);
  }

  /** Goes to the time the core wants to be woken at. */
  Effects wakeUp() {
    return after(effects.wakeAt() - now);
  }

  /** Wakes the core up whenever it wants, for so long. */
  void run(long nanos) {
    long end = now + nanos;
    while (effects.wakeAt() <= end) {
      wakeUp();
    }
    after(end - now);
  }

  /** The newest hard state is on disk. */
  Effects persist() {
    return persisted(disk);
  }

  Effects persisted(HardState state) {
    return keep(core.step(now, step -> election.persisted(step, state)));
  }

  Effects campaign(boolean transfer) {
    return keep(core.step(now, step -> election.campaign(step, transfer)));
  }

  /** The election timeout, then all peers grant the pre-vote, if there is one. */
  Effects becomeCandidate() {
    wakeUp();
    for (Envelope request : sent(BodyCase.PRE_VOTE)) {
      if (core.role() == Role.FOLLOWER) {
        receive(preVoteGranted(request.getTo(), request));
      }
    }
    assertThat(core.role()).isEqualTo(Role.CANDIDATE);
    return effects;
  }

  ElectionFixture becomeLeader() {
    becomeCandidate();
    persist();
    for (String peer : peers) {
      if (core.role() == Role.CANDIDATE) {
        receive(vote(peer, core.currentTerm(), true));
      }
    }
    assertThat(core.role()).isEqualTo(Role.LEADER);
    return this;
  }

  List<Envelope> sent(BodyCase kind) {
    return CoreFixture.sent(effects, kind);
  }

  /** Whether the last step granted a vote; fails if it answered none. */
  boolean granted() {
    List<Envelope> replies = sent(BodyCase.REQUEST_VOTE_REPLY);
    assertThat(replies).hasSize(1);
    return replies.get(0).getRequestVoteReply().getGranted();
  }

  /** Whether the last step granted a pre-vote; fails if it answered none. */
  boolean grantedPreVote() {
    List<Envelope> replies = sent(BodyCase.PRE_VOTE_REPLY);
    assertThat(replies).hasSize(1);
    return replies.get(0).getPreVoteReply().getGranted();
  }

  private Effects keep(Effects next) {
    for (SaveHardState save : next.of(SaveHardState.class)) {
      disk = save.state();
    }
    effects = next;
    return next;
  }
}
