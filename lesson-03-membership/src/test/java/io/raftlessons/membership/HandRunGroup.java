package io.raftlessons.membership;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.HandRunHost;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.replication.InmemLogStore;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.runtime.InmemStableStore;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Envelope;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Whole servers, each with all its loops run by hand in a time that is the test's. What they send
 * arrives with the next millisecond; what is sent to a server that is cut off or down is lost.
 */
final class HandRunGroup {
  /** Answers each command with itself. */
  private static final class EchoMachine implements StateMachine {
    @Override
    public List<byte[]> apply(List<Command> batch) {
      return batch.stream().map(Command::data).toList();
    }

    @Override
    public Snapshot snapshot() {
      throw new UnsupportedOperationException("no snapshots");
    }

    @Override
    public void restore(InputStream snapshot) {
      throw new UnsupportedOperationException("no snapshots");
    }
  }

  /** What a server keeps when it is down. */
  static final class Stores {
    final InmemStableStore stable = new InmemStableStore();
    final InmemLogStore log = new InmemLogStore();

    Stores copy() throws IOException {
      Stores copy = new Stores();
      copy.stable.save(stable.load());
      copy.log.write(1, log.read(1, Long.MAX_VALUE));
      return copy;
    }
  }

  final Map<String, Stores> stores = new TreeMap<>();
  final Map<String, MembershipNode> nodes = new TreeMap<>();
  final TreeSet<String> cutOff = new TreeSet<>();
  private final Map<String, HandRunHost> hosts = new TreeMap<>();
  private final List<Envelope> underWay = new ArrayList<>();
  private long seed;

  Stores stores(String id) {
    return stores.computeIfAbsent(id, i -> new Stores());
  }

  /** Starts a server on what it has stored; one that ran before under that name is gone. */
  MembershipNode start(String id) throws IOException {
    HandRunHost host = new HandRunHost(new SplittableRandom(++seed));
    host.onSend = underWay::add;
    Stores kept = stores(id);
    MembershipNode node =
        MembershipNode.start(
            MembershipParts.setup(RaftConfig.defaults(id)),
            kept.stable,
            kept.log,
            new EchoMachine(),
            host);
    hosts.put(id, host);
    nodes.put(id, node);
    return node;
  }

  /** A group of sN servers, bootstrapped before it starts, with a leader. */
  static HandRunGroup running(int servers) throws IOException {
    HandRunGroup group = new HandRunGroup();
    Configuration first = Configurations.ofVoters(CoreFixture.servers(servers));
    for (int i = 1; i <= servers; i++) {
      Stores stores = group.stores("s" + i);
      MembershipNode.bootstrapCluster(stores.stable, stores.log, first);
      group.start("s" + i);
    }
    group.run(1_000);
    group.leader();
    return group;
  }

  HandRunHost host(String id) {
    return requireNonNull(hosts.get(id));
  }

  MembershipNode node(String id) {
    return requireNonNull(nodes.get(id));
  }

  /** Ends a server as a crash does. What is on its way from it may still arrive. */
  void kill(String id) {
    nodes.remove(id);
    hosts.remove(id);
  }

  /** The one server that leads. */
  MembershipNode leader() {
    List<MembershipNode> leading =
        nodes.values().stream()
            .filter(n -> n.state() == Role.LEADER && !cutOff.contains(n.id()))
            .toList();
    assertThat(leading).hasSize(1);
    return leading.get(0);
  }

  /** The servers that follow, by id. */
  List<String> followers() {
    return nodes.keySet().stream().filter(id -> node(id).state() != Role.LEADER).toList();
  }

  /** Lets milliseconds pass. */
  void run(int millis) {
    for (int i = 0; i < millis; i++) {
      List<Envelope> arriving = List.copyOf(underWay);
      underWay.clear();
      for (Envelope message : arriving) {
        HandRunHost to = hosts.get(message.getTo());
        if (to != null
            && !cutOff.contains(message.getTo())
            && !cutOff.contains(message.getFrom())) {
          to.deliver(message);
        }
      }
      for (HandRunHost host : hosts.values()) {
        host.advance(1);
        host.settle();
      }
    }
  }

  /** Lets time pass until a call is answered, at most 10 s. */
  <T extends @Nullable Object> CompletableFuture<T> await(CompletableFuture<T> call) {
    for (int i = 0; i < 10_000 && !call.isDone(); i++) {
      run(1);
    }
    return call;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What became of a call, as text: its result, or the exception's name and message. */
  String outcome(CompletableFuture<?> call) {
    assertThat(await(call)).as("completed").isDone();
    return call.handle(
            (result, thrown) -> {
              if (thrown == null) {
                return text(result);
              }
              Throwable cause =
                  thrown instanceof CompletionException wrapped ? wrapped.getCause() : thrown;
              return requireNonNull(cause).getClass().getSimpleName() + ": " + cause.getMessage();
            })
        .getNow("");
  }

  private static String text(@Nullable Object result) {
    return result instanceof ChangeResult change
        ? Configurations.text(change.configuration())
        : String.valueOf(result);
  }
}
