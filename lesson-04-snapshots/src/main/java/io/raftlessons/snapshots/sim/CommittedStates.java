package io.raftlessons.snapshots.sim;

import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.replication.LogEffect;
import io.raftlessons.replication.StateMachine.Command;
import io.raftlessons.replication.sim.CountingMachine;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.Violation;
import io.raftlessons.wire.Entry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a machine must be at every index: one that was given the committed entries from the first
 * one on, and never a snapshot of a server.
 */
final class CommittedStates implements Check {
  private final List<Entry> entries = new ArrayList<>();
  private final CountingMachine model = new CountingMachine();

  /** The machine's past after so many entries; see {@link CountingMachine#past}. */
  private final List<byte[]> pasts = new ArrayList<>(List.of(model.past()));

  /** By the number of commands, the first index that has so many. */
  private final NavigableMap<Long, Long> indexes = new TreeMap<>();

  /** Whole states, by index; of those that somebody has asked for. */
  private final NavigableMap<Long, byte[]> states = new TreeMap<>();

  CommittedStates() {
    indexes.put(0L, 0L);
  }

  @Override
  public void stepped(String server, RaftCore core, Object input, Effects effects) {
    for (LogEffect.Apply apply : effects.of(LogEffect.Apply.class)) {
      for (Entry entry : apply.entries()) {
        if (entry.getIndex() == entries.size() + 1) {
          entries.add(entry);
          applyTo(model, entry);
          pasts.add(model.past());
          indexes.putIfAbsent(model.count(), entry.getIndex());
        }
      }
    }
  }

  private static void applyTo(CountingMachine machine, Entry entry) {
    if (entry.getType() == Entry.Type.COMMAND) {
      machine.apply(
          List.of(new Command(entry.getIndex(), entry.getTime(), entry.getData().toByteArray())));
    }
  }

  /** How many entries some machine was given. */
  long last() {
    return entries.size();
  }

  Entry entry(long index) {
    return entries.get((int) index - 1);
  }

  /** A machine has applied everything up to here. */
  void demandPast(String server, long index, CountingMachine machine) {
    if (!Arrays.equals(machine.past(), pasts.get((int) index))) {
      throw new Violation(
          "AppliedIsCommittedPrefix",
          "the machine of " + server + " has not applied what was committed up to " + index);
    }
  }

  /** A machine has the state of a snapshot, whichever. */
  void demandState(String server, CountingMachine machine) {
    Long index = indexes.get(machine.count());
    if (index == null || !Arrays.equals(machine.state(), state(index))) {
      throw new Violation(
          "SnapshotIsCommittedPrefix",
          "the machine of " + server + " was given a state that was never committed");
    }
  }

  /** The whole state at an index up to {@link #last}. */
  byte[] state(long index) {
    return states.computeIfAbsent(index, this::replay);
  }

  private byte[] replay(long index) {
    if (index == last()) {
      return model.state();
    }
    CountingMachine machine = new CountingMachine();
    Map.Entry<Long, byte[]> nearest = states.floorEntry(index);
    long from = 0;
    if (nearest != null) {
      from = nearest.getKey();
      try {
        machine.restore(new ByteArrayInputStream(nearest.getValue()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    entries.subList((int) from, (int) index).forEach(entry -> applyTo(machine, entry));
    return machine.state();
  }
}
