package io.raftlessons.membership;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.replication.RaftException;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import io.raftlessons.replication.keyvalue.wire.Request;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.runtime.InmemTransport;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.RealHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Lesson 3 in one screen: a group of one grows to three, hands leadership over, loses its leader by
 * its own wish, and meets a server whose disk was emptied. It counts all the time.
 *
 * <p>{@code ./mvnw -q -pl lesson-03-membership -am test -Dtest=MembershipDemoTest
 * -Dsurefire.failIfNoSpecifiedTests=false}, or {@link #main} with an empty directory of your own.
 */
final class MembershipDemo {
  private static final Duration SOON = Duration.ofSeconds(60);

  private record Server(
      MembershipNode node,
      FileStableStore stable,
      SegmentedLogStore log,
      RealHost host,
      InmemTransport transport) {
    void stop() throws IOException {
      node.shutdown().join();
      host.close();
      transport.close();
      log.close();
      stable.close();
    }
  }

  private final Path directory;
  private final Consumer<String> say;
  private final TreeMap<String, Server> running = new TreeMap<>();
  private long session;
  private long sequence;

  private MembershipDemo(Path directory, Consumer<String> say) {
    this.directory = directory;
    this.say = say;
  }

  public static void main(String[] args) throws IOException {
    Path directory = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("membership");
    run(Files.createDirectories(directory), System.out::println);
  }

  static void run(Path directory, Consumer<String> say) throws IOException {
    new MembershipDemo(directory, say).tell();
  }

  private void tell() throws IOException {
    try {
      grow();
      handOver();
      removeTheLeader();
      emptyADisk();
    } finally {
      for (Server server : running.values()) {
        server.stop();
      }
    }
  }

  private void grow() throws IOException {
    start("n1").bootstrapCluster(Configurations.ofVoters(List.of("n1"))).join();
    session = KeyValueCommands.reply(apply(KeyValueCommands.openSession())).getNumber();
    count();
    start("n2");
    start("n3");
    change("add n2", leader -> leader.addVoter("n2", "n2", 0, SOON));
    change("add n3", leader -> leader.addVoter("n3", "n3", 0, SOON));
    count();
  }

  private void handOver() {
    letLead("n2");
    say.accept("n1 has handed over to n2");
    count();
  }

  private void removeTheLeader() {
    change("n2 removes itself", leader -> leader.removeServer("n2", 0, SOON));
    await().atMost(SOON).until(() -> node("n2").state() == Role.FOLLOWER);
    count();
  }

  private void emptyADisk() throws IOException {
    letLead("n1");
    count();
    requireNonNull(running.remove("n3")).stop();
    empty(directory.resolve("n3"));
    say.accept("n3 stops, and its disk is emptied");
    start("n3");
    await().atMost(SOON).until(() -> node("n3").failure().isPresent());
    say.accept("n3 starts and stops: " + node("n3").failure().orElseThrow().getMessage());
  }

  private static void empty(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private MembershipNode node(String id) {
    return requireNonNull(running.get(id)).node();
  }

  private MembershipNode start(String id) throws IOException {
    RealDisk disk = new RealDisk(directory.resolve(id));
    FileStableStore stable = new FileStableStore(disk, "");
    InmemTransport transport = new InmemTransport(id);
    for (Server peer : running.values()) {
      transport.connect(peer.transport());
      peer.transport().connect(transport);
    }
    RealHost host = new RealHost(id, transport, disk);
    SegmentedLogStore log =
        SegmentedLogStore.open(
            disk, host.loop("prealloc"), SegmentedLogStore.Options.defaults("log"));
    MembershipNode node =
        MembershipNode.start(
            MembershipParts.setup(RaftConfig.defaults(id)),
            stable,
            log,
            new KeyValueMachine(),
            host);
    running.put(id, new Server(node, stable, log, host, transport));
    return node;
  }

  private void count() {
    sequence++;
    Request add = KeyValueCommands.add("visits", 1);
    byte[] command = KeyValueCommands.inSession(add, session, sequence, sequence);
    say.accept("visits: " + KeyValueCommands.reply(apply(command)).getText());
  }

  /** In a session a command that comes twice counts once. */
  private byte[] apply(byte[] command) {
    return await()
        .atMost(SOON)
        .until(() -> attempt(leader -> leader.apply(command)), Optional::isPresent)
        .orElseThrow()
        .result();
  }

  private void change(String what, Function<MembershipNode, CompletableFuture<ChangeResult>> ask) {
    ChangeResult result =
        await().atMost(SOON).until(() -> attempt(ask), Optional::isPresent).orElseThrow();
    say.accept(what + ": " + Configurations.text(result.configuration()));
  }

  private void letLead(String id) {
    await()
        .atMost(SOON)
        .until(
            () -> {
              attempt(leader -> leader.leadershipTransferToServer(id));
              return node(id).state() == Role.LEADER;
            });
  }

  private <T> Optional<T> attempt(Function<MembershipNode, CompletableFuture<T>> ask) {
    try {
      return leader().map(leader -> ask.apply(leader).join());
    } catch (CompletionException e) {
      if (e.getCause() instanceof RaftException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Optional<MembershipNode> leader() {
    return running.values().stream()
        .map(Server::node)
        .filter(node -> node.state() == Role.LEADER)
        .findFirst();
  }
}
