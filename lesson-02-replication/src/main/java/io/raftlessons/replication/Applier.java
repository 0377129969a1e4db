package io.raftlessons.replication;

import io.raftlessons.runtime.EventLoop;
import io.raftlessons.wire.Entry;
import java.io.IOException;
import java.util.ArrayDeque;
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

  /** Who keeps the parts of what a user restores (lesson 4). */
  private @Nullable Consumer<Entry> parts;

  /** The part that is being kept; until that is done everything else waits. */
  private @Nullable Entry part;

  private final ArrayDeque<Runnable> behindPart = new ArrayDeque<>();

  /** Of a restore not all parts have come: a view now would be one without them. */
  private boolean partsMissing;

  private final List<Consumer<MachineView>> views = new ArrayList<>();

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
    inOrder(() -> applyNow(entries));
  }

  private void inOrder(Runnable task) {
    loop.execute(
        () -> {
          if (part == null) {
            task.run();
          } else {
            behindPart.add(task);
          }
        });
  }

  private void applyNow(List<Entry> entries) {
    int first = 0;
    while (first < entries.size() && entries.get(first).getType() != Entry.Type.RESTORE) {
      first++;
    }
    if (first > 0) {
      applyUpToPart(entries.subList(0, first));
    }
    if (first < entries.size() && !ended) {
      applyPart(entries.get(first), entries.subList(first + 1, entries.size()));
    }
  }

  private void applyPart(Entry entry, List<Entry> behind) {
    if (parts == null) {
      fail(new IllegalStateException("entry " + entry.getIndex() + " is of a later lesson"));
      return;
    }
    part = entry;
    if (!behind.isEmpty()) {
      behindPart.addFirst(() -> applyNow(behind));
    }
    parts.accept(entry);
  }

  private void applyUpToPart(List<Entry> entries) {
    if (ended) {
      return; // what is behind the failure must not be applied without it
    }
    try {
      Batch batch = new Batch(entries, results(entries));
      noteLast(entries);
      done.accept(batch);
      allPartsAreThere(); // or will never be: another leader did not go on with them
    } catch (RuntimeException | Error e) {
      fail(e);
    }
    serveReads();
  }

  /** Before anything is applied: who is given each part of a restore, on the apply loop. */
  void onPart(Consumer<Entry> keeper) {
    parts = keeper;
  }

  /** From any thread: the part in hand is kept, and more are to come. */
  void partKept() {
    endPart(machine -> {}, true);
  }

  /** From any thread: with the part in hand the content is whole, and becomes the state. */
  void restoreParts(MachineRestore state) {
    endPart(state, false);
  }

  private void endPart(MachineRestore state, boolean more) {
    loop.execute(
        () -> {
          Entry kept = part;
          if (ended || kept == null) {
            return;
          }
          try {
            state.into(machine);
            noteLast(List.of(kept));
            done.accept(new Batch(List.of(kept), List.of(NOTHING)));
            partsMissing = more;
            if (!more) {
              allPartsAreThere();
            }
          } catch (IOException | RuntimeException | Error e) {
            fail(e);
          }
          part = null;
          while (part == null && !behindPart.isEmpty()) {
            behindPart.remove().run();
          }
          serveReads();
        });
  }

  private void allPartsAreThere() {
    partsMissing = false;
    List<Consumer<MachineView>> waiting = List.copyOf(views);
    views.clear();
    waiting.forEach(this::viewNow);
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

  /**
   * From any thread: looks at the machine between two batches, on the apply loop; not between two
   * parts of a restore.
   */
  void view(Consumer<MachineView> taken) {
    inOrder(
        () -> {
          if (partsMissing) {
            views.add(taken);
          } else {
            viewNow(taken);
          }
        });
  }

  private void viewNow(Consumer<MachineView> taken) {
    if (ended) {
      return;
    }
    try {
      taken.accept(new MachineView(lastApplied, configuration, machine.snapshot()));
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  /**
   * From any thread: replaces the machine's state.
   *
   * @param configuration the last one up to there
   * @param then on the apply loop, if it went well
   */
  void restore(LogStart at, @Nullable Entry configuration, MachineRestore state, Runnable then) {
    inOrder(
        () -> {
          if (ended) {
            return;
          }
          try {
            state.into(machine);
            this.lastApplied = at;
            this.configuration = configuration;
            then.run();
            allPartsAreThere();
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
