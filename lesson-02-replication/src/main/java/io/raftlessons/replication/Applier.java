package io.raftlessons.replication;

import io.raftlessons.runtime.EventLoop;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Drives the state machine on a loop of its own, so that a slow machine does not keep the server
 * from hearing its leader.
 */
final class Applier {
  /** Entries that were applied, with one result each; empty for those that are not commands. */
  record Batch(List<Entry> entries, List<byte[]> results) {}

  /** Waits until everything up to {@code index} is applied. */
  private record Read(long index, long sequence, Runnable query) {}

  private static final byte[] NOTHING = new byte[0];

  private final EventLoop loop;
  private final StateMachine machine;
  private final Consumer<Batch> done;
  private final Consumer<Throwable> failed;

  /** A read of what is old must not wait behind one of what has not come yet. */
  private final PriorityQueue<Read> reads =
      new PriorityQueue<>(Comparator.comparingLong(Read::index).thenComparingLong(Read::sequence));

  private long lastRead;
  private LogStart lastApplied = LogStart.BEGINNING;
  private @Nullable Entry configuration;
  private boolean ended;

  /**
   * @param done told on the apply loop
   * @param failed told on the apply loop; a machine that throws is not asked again
   */
  Applier(EventLoop loop, StateMachine machine, Consumer<Batch> done, Consumer<Throwable> failed) {
    this.loop = loop;
    this.machine = machine;
    this.done = done;
    this.failed = failed;
  }

  /** From any thread: these are the next entries. */
  void apply(List<Entry> entries) {
    loop.execute(() -> applyNow(entries));
  }

  private void applyNow(List<Entry> entries) {
    if (ended) {
      return; // what is behind the failure must not be applied without it
    }
    try {
      Batch batch = new Batch(entries, results(entries));
      noteLast(entries);
      done.accept(batch);
    } catch (RuntimeException | Error e) {
      fail(e);
    }
    serveReads();
  }

  private void noteLast(List<Entry> entries) {
    Entry last = entries.get(entries.size() - 1);
    lastApplied = new LogStart(last.getIndex(), last.getTerm(), last.getTime());
    for (Entry entry : entries) {
      if (entry.getType() == Entry.Type.CONFIGURATION) {
        configuration = entry;
      }
    }
  }

  private void fail(Throwable cause) {
    ended = true;
    failed.accept(cause);
  }

  /** From any thread: looks at the machine between two batches, on the apply loop. */
  void view(Consumer<MachineView> taken) {
    loop.execute(
        () -> {
          if (ended) {
            return;
          }
          try {
            taken.accept(new MachineView(lastApplied, configuration, machine.snapshot()));
          } catch (RuntimeException | Error e) {
            fail(e);
          }
        });
  }

  /**
   * From any thread: replaces the machine's state.
   *
   * @param configuration the last one up to there
   * @param then on the apply loop, if it went well
   */
  void restore(LogStart at, @Nullable Entry configuration, MachineRestore state, Runnable then) {
    loop.execute(
        () -> {
          if (ended) {
            return;
          }
          try {
            state.into(machine);
            this.lastApplied = at;
            this.configuration = configuration;
            then.run();
          } catch (IOException | RuntimeException | Error e) {
            fail(e);
          }
          serveReads();
        });
  }

  /**
   * From any thread: runs {@code query} on the apply loop when everything up to {@code index} is
   * applied, which may be at once. Never, if {@link #stop} comes first or the machine throws.
   */
  void read(long index, Runnable query) {
    loop.execute(
        () -> {
          reads.add(new Read(index, ++lastRead, query));
          serveReads();
        });
  }

  private void serveReads() {
    while (!ended && !reads.isEmpty() && reads.element().index() <= lastApplied.index()) {
      reads.remove().query().run();
    }
    if (ended) {
      reads.clear();
    }
  }

  /** From any thread: nothing is applied or read any more. */
  void stop() {
    loop.execute(
        () -> {
          ended = true;
          serveReads();
        });
  }

  private List<byte[]> results(List<Entry> entries) {
    List<StateMachine.Command> commands = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      if (entry.getType() == Entry.Type.COMMAND) {
        commands.add(
            new StateMachine.Command(
                entry.getIndex(),
                entry.getTime(),
                entry.getData().toByteArray(),
                entry.getExtensions().toByteArray()));
      }
    }
    List<byte[]> answers = commands.isEmpty() ? List.of() : machine.apply(commands);
    if (answers.size() != commands.size()) {
      throw new IllegalStateException(
          "the state machine gave "
              + answers.size()
              + " results for "
              + commands.size()
              + " commands");
    }
    Iterator<byte[]> next = answers.iterator();
    List<byte[]> results = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      results.add(entry.getType() == Entry.Type.COMMAND ? next.next() : NOTHING);
    }
    return results;
  }
}
