package io.raftlessons.docs;

import io.raftlessons.core.Electorate;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.election.ElectionNode;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.replication.StateMachine.Command;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.sim.ElectionChecks;
import io.raftlessons.sim.SimNetwork;
import io.raftlessons.sim.SimWorld;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Figures that a page wants to show, taken from the code of the lessons. */
final class Measures {
  private static final long MILLI = 1_000_000;

  private Measures() {}

  static List<String> take(String what) throws IOException {
    return switch (what) {
      case "quorums" -> quorums();
      case "distances" -> distances();
      case "snapshot" -> snapshot();
      default -> throw new DocsException("nobody knows how to measure " + what);
    };
  }

  /** Of groups of one to seven: how many votes are a quorum, how many servers may be down. */
  private static List<String> quorums() {
    List<String> lines = new ArrayList<>(List.of("voters  quorum  may be down  (n-1)/2+1"));
    for (int n = 1; n <= 7; n++) {
      List<String> voters = IntStream.rangeClosed(1, n).mapToObj(i -> "n" + i).toList();
      Electorate electorate = Electorate.fixed(voters);
      int quorum = 0;
      while (!electorate.isQuorum(new TreeSet<>(voters.subList(0, quorum))::contains)) {
        quorum++;
      }
      int wrong = (n - 1) / 2 + 1;
      lines.add(
          String.format(
              "%6d  %6d  %11d  %9d%s",
              n, quorum, n - quorum, wrong, wrong == quorum ? "" : "  not a majority"));
    }
    return lines;
  }

  /** A minute of three servers that are far from each other, with short and with long timeouts. */
  private static List<String> distances() {
    List<String> lines =
        new ArrayList<>(List.of("one way  election timeout  elections won  led, of 60 s"));
    for (int oneWay : new int[] {1, 40, 80, 120, 160}) {
      for (int timeout : new int[] {150, 1_500}) {
        lines.add(distance(oneWay, timeout));
      }
    }
    return lines;
  }

  private static String distance(int oneWay, int timeout) {
    List<String> ids = List.of("n1", "n2", "n3");
    List<io.raftlessons.sim.Check> checks = new ArrayList<>();
    SimWorld world =
        new SimWorld(
            1,
            ids,
            (host, observer) -> {
              RaftConfig config =
                  RaftConfig.builder(host.id())
                      .electionTimeout(Duration.ofMillis(timeout))
                      .heartbeatInterval(Duration.ofMillis(timeout / 3))
                      .build();
              FileStableStore stable = new FileStableStore(host.disk(), "");
              ElectionNode.start(
                  config, ids, stable.load(), stable, host, ReferenceElection::new, observer);
            },
            checks);
    checks.add(new ElectionChecks(world.reach()));
    SimNetwork.Weather weather = world.network().weather();
    weather.minDelay = oneWay * MILLI;
    weather.maxDelay = weather.minDelay * 3 / 2;
    ids.forEach(world::start);
    int led = 0;
    int seconds = 60;
    for (int i = 1; i <= seconds * 100; i++) {
      world.runUntil(i * 10 * MILLI);
      led += ids.stream().anyMatch(id -> leads(world, ids, id)) ? 1 : 0;
    }
    return String.format(
        Locale.ROOT,
        "%4d ms  %7d-%d ms  %13d  %10.1f s",
        oneWay,
        timeout,
        2 * timeout,
        world.reach().of("election won"),
        led / 100.0);
  }

  /** It leads, and a majority knows. */
  private static boolean leads(SimWorld world, List<String> ids, String id) {
    RaftCore leader = world.core(id);
    if (leader == null || leader.role() != Role.LEADER) {
      return false;
    }
    long followers =
        ids.stream()
            .map(world::core)
            .filter(core -> core != null && core.leader().equals(id))
            .filter(core -> core.currentTerm() == leader.currentTerm())
            .count();
    return followers > ids.size() / 2;
  }

  /** What a log of additions to one number takes, and what a snapshot of that number does. */
  private static List<String> snapshot() throws IOException {
    List<String> lines = new ArrayList<>(List.of("entries  bytes of commands  bytes of snapshot"));
    KeyValueMachine machine = new KeyValueMachine();
    machine.apply(List.of(new Command(1, 0, KeyValueCommands.openSession())));
    long bytes = 0;
    int written = 0;
    for (int entries : new int[] {1, 100, 10_000}) {
      while (written < entries) {
        written++;
        byte[] command =
            KeyValueCommands.inSession(KeyValueCommands.add("visits", 1), 1, written, written);
        bytes += command.length;
        machine.apply(List.of(new Command(1 + written, 0, command)));
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      machine.snapshot().writeTo(out);
      lines.add(String.format("%7d  %17d  %17d", entries, bytes, out.size()));
    }
    return lines;
  }
}
