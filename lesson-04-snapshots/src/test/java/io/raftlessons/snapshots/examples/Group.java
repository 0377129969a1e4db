package io.raftlessons.snapshots.examples;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.membership.Configurations;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.runtime.InmemTransport;
import io.raftlessons.runtime.RealDisk;
import io.raftlessons.runtime.RealHost;
import io.raftlessons.snapshots.FileSnapshotStore;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.snapshots.SnapshotConfig;
import io.raftlessons.wire.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The servers of an example: all in this process, connected by {@link InmemTransport}, each with
 * its files in a directory of its own. With another transport each could have a process.
 */
final class Group implements AutoCloseable {
  /** How long the examples wait for an answer: a busy machine is slow. */
  static final Duration LONG = Duration.ofSeconds(60);

  /** A server and all that it lives on, in the order in which it is made. */
  record Server(
      Raft raft,
      Words words,
      InmemTransport transport,
      RealHost host,
      FileStableStore stable,
      SegmentedLogStore log) {

    void stop() throws IOException {
      get(raft.shutdownGracefully());
      host.close();
      transport.close();
      log.close();
      stable.close();
    }
  }

  private final Path directory;
  private final Map<String, Server> servers = new TreeMap<>();

  Group(Path directory) {
    this.directory = directory;
  }

  /** New servers that know of no group yet. */
  void start(String... ids) throws IOException {
    for (String id : ids) {
      start(id);
    }
  }

  private void start(String id) throws IOException {
    InmemTransport transport = new InmemTransport(id);
    for (Server other : servers.values()) {
      transport.connect(other.transport());
      other.transport().connect(transport);
    }
    RealDisk disk = new RealDisk(directory.resolve(id));
    RealHost host = new RealHost(id, transport, disk);
    FileStableStore stable = new FileStableStore(disk, "state");
    SegmentedLogStore log =
        SegmentedLogStore.open(
            disk, host.loop("preallocation"), SegmentedLogStore.Options.defaults("log"));
    FileSnapshotStore snapshots =
        FileSnapshotStore.open(
            disk, host::wallClockMillis, FileSnapshotStore.Options.defaults("state"));
    Words words = new Words();
    Raft raft =
        Raft.create(
            Raft.Setup.reference(RaftConfig.hashicorpDefaults(id), SnapshotConfig.defaults()),
            words,
            log,
            stable,
            snapshots,
            host);
    servers.put(id, new Server(raft, words, transport, host, stable, log));
  }

  Server server(String id) {
    Server server = servers.get(id);
    if (server == null) {
      throw new IllegalArgumentException("no server " + id);
    }
    return server;
  }

  /** The first configuration of a group; one of its servers is enough to be told. */
  void bootstrap(String... ids) {
    Configuration first = Configurations.ofVoters(List.of(ids));
    get(server(ids[0]).raft().bootstrapCluster(first));
  }

  /** Waits until one leads, and says which. */
  Raft leader() {
    long end = System.nanoTime() + LONG.toNanos();
    while (System.nanoTime() < end) {
      Optional<Raft> leader =
          servers.values().stream()
              .map(Server::raft)
              .filter(raft -> raft.state() == Role.LEADER)
              .findFirst();
      if (leader.isPresent()) {
        return leader.get();
      }
      Thread.onSpinWait();
    }
    throw new IllegalStateException("nobody leads");
  }

  /** An answer to wait for. A program of yours would rather continue the future. */
  static <T extends @Nullable Object> T get(CompletableFuture<T> future) {
    try {
      return future.get(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  void stop(String id) throws IOException {
    Server stopped = servers.remove(id);
    if (stopped != null) {
      stopped.stop();
      servers.values().forEach(other -> other.transport().disconnect(id));
    }
  }

  @Override
  public void close() throws IOException {
    for (String id : List.copyOf(servers.keySet())) {
      stop(id);
    }
  }

  /** The directory that a program was given, or one that is new. */
  static Path directory(String[] arguments) throws IOException {
    return arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("raft-example");
  }
}
