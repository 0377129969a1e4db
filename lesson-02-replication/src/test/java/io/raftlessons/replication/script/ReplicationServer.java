package io.raftlessons.replication.script;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.InmemLogStore;
import io.raftlessons.replication.ReferenceReads;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.ReplicationNode;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.runtime.Host;
import io.raftlessons.runtime.InmemStableStore;
import io.raftlessons.script.Server;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lesson 2's server, with a machine that says what it applies. */
final class ReplicationServer implements Server {
  private final Consumer<String> told;
  private InmemStableStore stable = new InmemStableStore();
  private InmemLogStore store = new InmemLogStore();
  private ReplicationConfig bounds = ReplicationConfig.defaults();
  private @Nullable ReplicationNode node;
  private TellingMachine machine = new TellingMachine();

  ReplicationServer(Consumer<String> told) {
    this.told = told;
  }

  @Override
  public void start(RaftConfig config, Collection<String> voters, Host host, StepObserver observer)
      throws IOException {
    ReplicationNode.Setup setup =
        new ReplicationNode.Setup(
            config,
            bounds,
            voters,
            ReferenceElection::new,
            ReferenceReplication::new,
            ReferenceReads::new,
            observer);
    machine = new TellingMachine();
    node = ReplicationNode.start(setup, stable, store, machine, host);
  }

  @Override
  public void storeTerm(long currentTerm) {
    stable = new InmemStableStore();
    stable.save(CoreFixture.hardState(currentTerm, ""));
  }

  /** Puts a log of these terms on the disk of a server that does not run; its term is the last. */
  void storeLog(List<Long> terms) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < terms.size(); i++) {
      long index = i + 1L;
      entries.add(
          Entry.newBuilder()
              .setIndex(index)
              .setTerm(terms.get(i))
              .setData(ByteString.copyFromUtf8("x" + index))
              .build());
    }
    store = new InmemLogStore();
    store.write(1, entries);
    storeTerm(terms.get(terms.size() - 1));
  }

  /** From its next start on, a message carries one entry. */
  void oneEntryMessages() {
    ReplicationConfig all = ReplicationConfig.defaults();
    bounds =
        new ReplicationConfig(
            1,
            all.maxInflightMessages(),
            all.maxInflightBytes(),
            all.maxUncommittedBytes(),
            all.maxEntryBytes(),
            all.maxCachedBytes(),
            all.maxApplyBytes());
  }

  void propose(String command) {
    requireNonNull(node)
        .apply(command.getBytes(StandardCharsets.UTF_8))
        .whenComplete((applied, failure) -> told.accept(answer(command, applied, failure)));
  }

  void read(String reader) {
    TellingMachine asked = machine;
    requireNonNull(node)
        .read(() -> String.join(" ", asked.applied))
        .whenComplete((found, failure) -> told.accept(answer(reader, found, failure)));
  }

  private static String answer(String reader, @Nullable String found, @Nullable Throwable failure) {
    String outcome =
        found != null
            ? "[" + found + "]"
            : failure == null ? "nothing" : failure.getClass().getSimpleName();
    return "tells the reader " + reader + ": " + outcome;
  }

  private static String answer(
      String command, @Nullable Applied applied, @Nullable Throwable failure) {
    String outcome =
        applied != null
            ? "applied at " + applied.index()
            : failure == null ? "nothing" : failure.getClass().getSimpleName();
    return "tells the client of " + command + ": " + outcome;
  }

  private final class TellingMachine implements StateMachine {
    private final List<String> applied = new ArrayList<>();

    @Override
    public List<byte[]> apply(List<Command> batch) {
      StringBuilder line = new StringBuilder("applies");
      List<byte[]> results = new ArrayList<>();
      for (Command command : batch) {
        String text = new String(command.data(), StandardCharsets.UTF_8);
        applied.add(text);
        line.append(' ').append(text);
        results.add(command.data());
      }
      told.accept(line.toString());
      return results;
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
}
