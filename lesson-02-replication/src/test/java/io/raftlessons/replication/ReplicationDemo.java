package io.raftlessons.replication;

import static org.awaitility.Awaitility.await;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import io.raftlessons.runtime.InmemTransport;
import io.raftlessons.runtime.MapDbStableStore;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.RealHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Lesson 2 in one screen: three servers in this process keep a map; they all stop, start again, and
 * read from their logs what was written. Terms, votes and logs are in MapDB files.
 *
 * <p>{@code ./mvnw -q -pl lesson-02-replication -am test -Dtest=ReplicationDemoTest
 * -Dsurefire.failIfNoSpecifiedTests=false}, or {@link #main} with a directory of your own; run it
 * again there and the counter goes on.
 */
final class ReplicationDemo {
  private static final List<String> IDS = List.of("n1", "n2", "n3");
  private static final Duration SOON = Duration.ofSeconds(60);

  private record Server(
      ReplicationNode node,
      MapDbStableStore stable,
      MapDbLogStore log,
      RealHost host,
      InmemTransport transport) {
    void stop() throws IOException {
      node.shutdown().join();
      host.close();
      transport.close();
      stable.close();
      log.close();
    }
  }

  private final Path directory;
  private final Consumer<String> say;
  private final TreeMap<String, Server> running = new TreeMap<>();
  private long session;
  private long sequence;

  private ReplicationDemo(Path directory, Consumer<String> say) {
    this.directory = directory;
    this.say = say;
  }

  public static void main(String[] args) throws IOException {
    Path directory = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("replication");
    run(Files.createDirectories(directory), System.out::println);
  }

  static void run(Path directory, Consumer<String> say) throws IOException {
    new ReplicationDemo(directory, say).tell();
  }

  private void tell() throws IOException {
    try {
      startAll();
      call("put author", KeyValueCommands.put("author", "\"Ongaro\""));
      for (int i = 0; i < 3; i++) {
        call("add 1 to visits", KeyValueCommands.add("visits", 1));
      }
      stopAll();
      startAll();
      call("get author", KeyValueCommands.get("author"));
      call("get visits", KeyValueCommands.get("visits"));
    } finally {
      stopAll();
    }
  }

  private void startAll() throws IOException {
    for (String id : IDS) {
      start(id);
    }
    session = KeyValueCommands.reply(apply(KeyValueCommands.openSession())).getNumber();
    sequence = 0;
  }

  private void stopAll() throws IOException {
    say.accept("all stop");
    for (Server server : running.values()) {
      server.stop();
    }
    running.clear();
  }

  private void start(String id) throws IOException {
    MapDbStableStore stable = new MapDbStableStore(directory.resolve(id + ".hard-state.mapdb"));
    MapDbLogStore log = new MapDbLogStore(directory.resolve(id + ".log.mapdb"));
    say.accept("%s starts with a log of %d entries".formatted(id, log.lastIndex()));
    InmemTransport transport = new InmemTransport(id);
    for (Server peer : running.values()) {
      transport.connect(peer.transport());
      peer.transport().connect(transport);
    }
    RealHost host = new RealHost(id, transport, new RealDisk(directory));
    ReplicationNode node =
        ReplicationNode.start(
            ReplicationParts.setup(RaftConfig.defaults(id), IDS),
            stable,
            log,
            new KeyValueMachine(),
            host);
    running.put(id, new Server(node, stable, log, host, transport));
  }

  private void call(String what, Request operation) {
    sequence++;
    byte[] command = KeyValueCommands.inSession(operation, session, sequence, sequence);
    Reply reply = KeyValueCommands.reply(apply(command));
    say.accept("%s: %s %s".formatted(what, reply.getStatus(), reply.getText()).strip());
  }

  /** Tries until a leader has committed it. In a session a command that comes twice counts once. */
  private byte[] apply(byte[] command) {
    return await()
        .atMost(SOON)
        .until(() -> leader().flatMap(leader -> attempt(leader, command)), Optional::isPresent)
        .orElseThrow();
  }

  private static Optional<byte[]> attempt(ReplicationNode leader, byte[] command) {
    try {
      return Optional.of(leader.apply(command).join().result());
    } catch (CompletionException e) {
      if (e.getCause() instanceof RaftException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Optional<ReplicationNode> leader() {
    return running.values().stream()
        .map(Server::node)
        .filter(node -> node.state() == Role.LEADER)
        .findFirst();
  }
}
