package io.raftlessons.replication;

import static io.raftlessons.core.CoreFixture.hardState;
import static io.raftlessons.core.CoreFixture.message;
import static io.raftlessons.core.CoreFixture.servers;
import static io.raftlessons.core.CoreFixture.vote;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.HandRunHost;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.ElectionParts;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Server s1 with all its loops run by hand; its peers are what the test says they say. */
final class NodeFixture {
  /** Answers each command with itself in capitals; throws at "boom". */
  static final class CapitalsMachine extends TestMachine {
    final List<String> applied = new ArrayList<>();

    @Override
    public List<byte[]> apply(List<Command> batch) {
      List<byte[]> results = new ArrayList<>();
      for (Command command : batch) {
        String text = new String(command.data(), StandardCharsets.UTF_8);
        if (text.equals("boom")) {
          throw new IllegalStateException("the machine is broken");
        }
        applied.add(text);
        results.add(bytes(text.toUpperCase(Locale.ROOT)));
      }
      return results;
    }
  }

  private static final class MemoryStable implements StableStore {
    private HardState state;

    MemoryStable(long term) {
      state = hardState(term, "");
    }

    @Override
    public HardState load() {
      return state;
    }

    @Override
    public void save(HardState next) {
      state = next;
    }

    @Override
    public void close() {}
  }

  final HandRunHost host = new HandRunHost(new SplittableRandom(1));
  final CapitalsMachine machine = new CapitalsMachine();
  final LogStore store;
  final ReplicationNode node;

  NodeFixture(int servers) throws IOException {
    this(servers, ReplicationConfig.defaults(), StepObserver.NONE, 0, new InmemLogStore());
  }

  NodeFixture(
      int servers, ReplicationConfig bounds, StepObserver observer, long term, LogStore store)
      throws IOException {
    this.store = store;
    RaftConfig config = RaftConfig.builder("s1").preVote(false).checkQuorum(false).build();
    ReplicationNode.Setup setup =
        new ReplicationNode.Setup(
            config,
            bounds,
            servers(servers),
            ElectionParts.ELECTION,
            ReplicationFixture.FACTORY,
            ReplicationFixture.READS,
            observer);
    node = ReplicationNode.start(setup, new MemoryStable(term), store, machine, host);
    host.settle();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Becomes leader by the votes of s2 and s3; its no-op is on the own disk. */
  NodeFixture lead() {
    while (node.state() == Role.FOLLOWER) {
      host.advance(1);
    }
    host.settle();
    host.deliver(vote("s2", term(), true));
    host.deliver(vote("s3", term(), true));
    host.settle();
    assertThat(node.state()).isEqualTo(Role.LEADER);
    return this;
  }

  /** Leads, and all that is proposed so far is committed by s2's answer. */
  NodeFixture leadSettled() {
    lead();
    acknowledge(node.indexes().lastLogIndex());
    host.settle();
    return this;
  }

  long term() {
    return node.status().term();
  }

  /** s2 has everything up to {@code index}; only the raft loop runs. */
  void acknowledge(long index) {
    AppendEntriesReply reply =
        AppendEntriesReply.newBuilder().setSuccess(true).setPrevLogIndex(index).build();
    host.deliver(message("s2", term(), Envelope.newBuilder().setAppendEntriesReply(reply)));
  }

  /** s2 has all it was sent, and answers the newest read round; only the raft loop runs. */
  void answerRound() {
    long round = 0;
    for (Envelope sent : host.sent) {
      round = Math.max(round, sent.getAppendEntries().getReadRound());
    }
    AppendEntriesReply reply =
        AppendEntriesReply.newBuilder()
            .setSuccess(true)
            .setPrevLogIndex(node.indexes().lastLogIndex())
            .setReadRound(round)
            .build();
    host.deliver(message("s2", term(), Envelope.newBuilder().setAppendEntriesReply(reply)));
  }

  CompletableFuture<Applied> apply(String command) {
    return node.apply(bytes(command));
  }

  /** What became of a call, as text: "index RESULT", or the exception's name and message. */
  static String outcome(CompletableFuture<Applied> future) {
    return readOutcome(
        future.thenApply(
            applied ->
                applied.index() + " " + new String(applied.result(), StandardCharsets.UTF_8)));
  }

  /** What became of a read, as text: its result, or the exception's name and message. */
  static String readOutcome(CompletableFuture<?> future) {
    assertThat(future).as("completed").isDone();
    return future
        .handle(
            (result, thrown) -> {
              if (thrown == null) {
                return String.valueOf(result);
              }
              Throwable cause =
                  thrown instanceof CompletionException wrapped ? wrapped.getCause() : thrown;
              return requireNonNull(cause).getClass().getSimpleName() + ": " + cause.getMessage();
            })
        .getNow("");
  }
}
