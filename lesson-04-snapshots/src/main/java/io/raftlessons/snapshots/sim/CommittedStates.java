package io.raftlessons.snapshots.sim;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.replication.LogEffect;
import io.raftlessons.replication.StateMachine.Command;
import io.raftlessons.replication.sim.CountingMachine;
import io.raftlessons.replication.sim.LogChecks;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.Violation;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.RestorePart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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

  /** What users restored, by the index of the last part. */
  private final NavigableMap<Long, byte[]> replacements = new TreeMap<>();

  /** What has come of a restore whose last part has not. */
  private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

  private long lastPart;

  private final LogChecks logs;

  /**
   * @param logs is told where the count of commands jumps
   */
  CommittedStates(LogChecks logs) {
    this.logs = logs;
    indexes.put(0L, 0L);
  }

  @Override
  public void stepped(String server, RaftCore core, Object input, Effects effects) {
    for (LogEffect.Apply apply : effects.of(LogEffect.Apply.class)) {
      for (Entry entry : apply.entries()) {
        if (entry.getIndex() == entries.size() + 1) {
          entries.add(entry);
          if (entry.getType() == Entry.Type.RESTORE) {
            part(entry);
          }
          applyTo(model, entry);
          pasts.add(model.past());
          indexes.putIfAbsent(model.count(), entry.getIndex());
        }
      }
    }
  }

  /** Part goes behind part, with nothing between, or they are none. */
  private void part(Entry entry) {
    RestorePart part = parsed(entry);
    if (part.getOffset() == 0) {
      parts.reset();
    } else if (part.getOffset() != parts.size() || lastPart != entry.getIndex() - 1) {
      throw new Violation(
          "PartsAreTogether",
          "entry " + entry.getIndex() + " has a part from " + part.getOffset() + " on");
    }
    parts.writeBytes(part.getData().toByteArray());
    lastPart = entry.getIndex();
    if (parts.size() == part.getMeta().getSize()) {
      byte[] state = parts.toByteArray();
      replacements.put(entry.getIndex(), state);
      logs.replaced(entry.getIndex(), CountingMachine.of(state).count());
    }
  }

  private static RestorePart parsed(Entry entry) {
    try {
      return RestorePart.parseFrom(entry.getData());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("entry " + entry.getIndex() + " is no part", e);
    }
  }

  /** What a user restored at this index; null if nothing. */
  byte @Nullable [] replacement(long index) {
    return replacements.get(index);
  }

  /** Every state that a user has restored. */
  Collection<byte[]> replacements() {
    return replacements.values();
  }

  /** Whether a restore is cut in two here: some parts are before it, the last one is not. */
  boolean isBetweenParts(long index) {
    return entry(index).getType() == Entry.Type.RESTORE && !replacements.containsKey(index);
  }

  private void applyTo(CountingMachine machine, Entry entry) {
    byte[] replacement = replacements.get(entry.getIndex());
    if (replacement != null) {
      restore(machine, replacement);
    } else if (entry.getType() == Entry.Type.COMMAND) {
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
      restore(machine, nearest.getValue());
    }
    entries.subList((int) from, (int) index).forEach(entry -> applyTo(machine, entry));
    return machine.state();
  }

  private static void restore(CountingMachine machine, byte[] state) {
    try {
      machine.restore(new ByteArrayInputStream(state));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
