package io.raftlessons.replication.script;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.StepObserver;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.LogStore;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.replication.sim.LogChecks;
import io.raftlessons.script.Server;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.Violation;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A server with a log, and with a machine that says what it applies: lesson 2's, or a later one.
 * Whatever a script does, the rules of Figure 3 must hold.
 */
public abstract class LogServer implements Server {
  private final Consumer<String> told;
  private final LogChecks checks;
  private ReplicationConfig bounds = ReplicationConfig.defaults();
  private TellingMachine machine = new TellingMachine();

  /**
   * @param checks of the whole group
   */
  protected LogServer(Consumer<String> told, LogChecks checks) {
    this.told = told;
    this.checks = checks;
  }

  /** For the servers of one script. */
  public static LogChecks newChecks() {
    return new LogChecks(new Reach(), false);
  }

  /** The observer of a server that starts with this log, behind the rules of Figure 3. */
  protected final StepObserver checked(String id, LogStore store, StepObserver observer)
      throws IOException {
    checks.restarted(id, store);
    return new StepObserver() {
      @Override
      public void stepped(RaftCore core, Object input, Effects effects) {
        checks.stepped(id, core, input, effects);
        observer.stepped(core, input, effects);
      }

      @Override
      public void failed(Throwable cause) {
        if (cause instanceof Violation broken) {
          throw broken; // no trace is right in which a server stops because of this
        }
        observer.failed(cause);
      }
    };
  }

  /**
   * Puts entries of these terms on the disk of a server that does not run; its term is the last.
   */
  protected abstract void storeLog(List<Long> terms);

  protected abstract CompletableFuture<Applied> apply(byte[] command);

  protected abstract CompletableFuture<String> ask(Supplier<String> query);

  /** The commands x1, x2 and so on of these terms. */
  protected static List<Entry> commands(long from, List<Long> terms) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < terms.size(); i++) {
      entries.add(
          Entry.newBuilder()
              .setIndex(from + i)
              .setTerm(terms.get(i))
              .setData(ByteString.copyFromUtf8("x" + (i + 1)))
              .build());
    }
    return entries;
  }

  /** How a script calls an index of the log. */
  protected long shown(long index) {
    return index;
  }

  /** Says what the server does. */
  protected final void tell(String what) {
    told.accept(what);
  }

  protected final ReplicationConfig bounds() {
    return bounds;
  }

  /** Of a server that starts. */
  protected final StateMachine newMachine() {
    machine = new TellingMachine();
    return machine;
  }

  /** From its next start on, a message carries one entry. */
  final void oneEntryMessages() {
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

  final void propose(String command) {
    apply(command.getBytes(StandardCharsets.UTF_8))
        .whenComplete(
            (applied, failure) ->
                tell(
                    "tells the client of "
                        + command
                        + ": "
                        + (applied != null
                            ? "applied at " + shown(applied.index())
                            : nameOf(failure))));
  }

  final void read(String reader) {
    TellingMachine asked = machine;
    ask(() -> String.join(" ", asked.applied))
        .whenComplete(
            (found, failure) ->
                tell(
                    "tells the reader "
                        + reader
                        + ": "
                        + (found != null ? "[" + found + "]" : nameOf(failure))));
  }

  private static String nameOf(@Nullable Throwable failure) {
    return failure == null ? "nothing" : failure.getClass().getSimpleName();
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
      tell(line.toString());
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
