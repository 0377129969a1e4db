package io.raftlessons.election;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.hardState;
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
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Servers s1 to sN with disks that take no time, on a network that takes a millisecond and loses
 * what is cut. After every step it looks whether two have led in one term.
 */
final class ElectionGroup {
  private record Log(long lastTerm, long lastIndex) implements LogView {}

  private record InTransit(long at, Envelope message) {}

  private final class Server {
    final Election election;
    final RaftCore core;
    long wakeAt;

    Server(String id, long term, LogView log) {
      RaftConfig config = RaftConfig.defaults(id);
      Electorate electorate = Electorate.fixed(ids);
      election =
          ElectionFixture.FACTORY.create(
              config, log, electorate, Gate.OPEN, new SplittableRandom(id.hashCode()));
      Heartbeats heartbeats = new Heartbeats(config, electorate);
      core = new RaftCore(config, hardState(term, ""), List.of(election, heartbeats), now);
    }

    void carryOut(Effects effects) {
      wakeAt = effects.wakeAt();
      if (core.role() == Role.LEADER) {
        String other = leaderOf.putIfAbsent(core.currentTerm(), core.self());
        assertThat(other).as("leader of term %d", core.currentTerm()).isIn(null, core.self());
      }
      for (Envelope message : CoreFixture.sent(effects)) {
        network.add(new InTransit(now + MS, message));
      }
      for (SaveHardState save : effects.of(SaveHardState.class)) {
        carryOut(core.step(now, step -> election.persisted(step, save.state())));
      }
    }
  }

  private final List<String> ids;
  private final Map<String, Server> servers = new TreeMap<>();
  private final ArrayDeque<InTransit> network = new ArrayDeque<>();
  private final TreeSet<String> cuts = new TreeSet<>();
  private final Map<Long, String> leaderOf = new TreeMap<>();
  private long now = 10_000 * MS;

  /** Servers of term 0 with empty logs. */
  ElectionGroup(int servers) {
    ids = CoreFixture.servers(servers);
    for (String id : ids) {
      restart(id, 0, 0, 0);
    }
  }

  /** The server starts with this on its disk. */
  ElectionGroup restart(String id, long term, long lastLogTerm, long lastLogIndex) {
    Server server = new Server(id, term, new Log(lastLogTerm, lastLogIndex));
    servers.put(id, server);
    server.carryOut(server.core.onTime(now));
    return this;
  }

  /** From now on nothing gets from the one to the other; back it still does. */
  ElectionGroup cut(String from, String to) {
    cuts.add(from + to);
    return this;
  }

  ElectionGroup cutBothWays(String a, String b) {
    return cut(a, b).cut(b, a);
  }

  /** Nothing gets to or from the server. */
  ElectionGroup cutOff(String id) {
    ids.forEach(other -> cutBothWays(id, other));
    return this;
  }

  ElectionGroup heal() {
    cuts.clear();
    return this;
  }

  void run(long nanos) {
    long end = now + nanos;
    while (true) {
      long wakeAt = servers.values().stream().mapToLong(s -> s.wakeAt).min().orElseThrow();
      long arrival = network.isEmpty() ? Long.MAX_VALUE : network.element().at();
      if (Math.min(wakeAt, arrival) > end) {
        now = end;
        return;
      }
      if (arrival <= wakeAt) {
        now = arrival;
        deliver(network.remove().message());
      } else {
        now = Math.max(now, wakeAt);
        for (Server server : servers.values()) {
          if (server.wakeAt <= now) {
            server.carryOut(server.core.onTime(now));
          }
        }
      }
    }
  }

  private void deliver(Envelope message) {
    if (!cuts.contains(message.getFrom() + message.getTo())) {
      Server server = server(message.getTo());
      server.carryOut(server.core.onMessage(now, message));
    }
  }

  private Server server(String id) {
    return Objects.requireNonNull(servers.get(id), id);
  }

  /** Who leads, by its own account. */
  List<String> leaders() {
    return withRole(Role.LEADER);
  }

  List<String> withRole(Role role) {
    return ids.stream().filter(id -> server(id).core.role() == role).toList();
  }

  long term(String id) {
    return server(id).core.currentTerm();
  }
}
