package io.raftlessons.sim;

import io.raftlessons.sim.SimDisk.CrashMode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A simulated file: what a running server sees, what is surely on the disk, and the changes between
 * the two. It has no name; names belong to directories.
 */
final class SimFile implements SimNode {
  static final int MAX_SIZE = Integer.MAX_VALUE - 16;

  /** A write, or a change of size if there is no data. */
  private static final class Change {
    final long start;
    final int position;
    final byte @Nullable [] data;
    long durableAt = Long.MAX_VALUE;
    boolean dropped;

    Change(long start, int position, byte @Nullable [] data) {
      this.start = start;
      this.position = position;
      this.data = data;
    }

    void applyTo(SimImage image) {
      if (data == null) {
        image.resize(position);
      } else {
        image.write(position, data, 0, data.length);
      }
    }

    int sizeAfter(int before) {
      return data == null ? position : Math.max(before, position + data.length);
    }
  }

  private final ArrayDeque<Change> pending = new ArrayDeque<>();
  private SimImage durable = new SimImage();
  private SimImage view = new SimImage();

  /** Whether a directory of the running server's view has it: only then it takes up space. */
  boolean linked = true;

  SimImage view() {
    return view;
  }

  @Override
  public SimFile copy() {
    SimFile copy = new SimFile();
    copy.durable = durable.copy();
    copy.view = durable.copy();
    return copy;
  }

  void write(long start, int position, byte[] data) {
    change(new Change(start, position, data));
  }

  void resize(long start, int size) {
    change(new Change(start, size, null));
  }

  private void change(Change change) {
    pending.add(change);
    change.applyTo(view);
  }

  /** A sync that ends at this time covers all changes so far. */
  void synced(long end) {
    for (Change change : pending) {
      change.durableAt = Math.min(change.durableAt, end);
    }
  }

  /**
   * After a failed sync the kernel may take the changes for written: no later sync writes them, yet
   * reads still show them until the machine goes down.
   */
  void dropUnsynced() {
    for (Change change : pending) {
      change.dropped |= change.durableAt == Long.MAX_VALUE;
    }
  }

  /**
   * Forgets what no crash from {@code world} on can undo.
   *
   * @return the latest time that was relied on, or Long.MIN_VALUE
   */
  long settle(long world) {
    long relied = Long.MIN_VALUE;
    for (Change change = pending.peek();
        change != null && change.start < world && (change.dropped || change.durableAt <= world);
        change = pending.peek()) {
      pending.remove();
      if (change.dropped) {
        relied = Math.max(relied, change.start + 1);
      } else {
        change.applyTo(durable);
        relied = Math.max(relied, change.durableAt);
      }
    }
    return relied;
  }

  void crash(long at, CrashMode mode, RandomGenerator random, SimDiskLosses losses) {
    List<Change> unsure = new ArrayList<>();
    for (Change change : pending) {
      if (change.start >= at) {
        continue;
      }
      if (change.dropped) {
        losses.writesLost++;
      } else if (change.durableAt <= at) {
        change.applyTo(durable);
      } else {
        unsure.add(change);
      }
    }
    pending.clear();
    if (!unsure.isEmpty()) {
      switch (mode.orOneOf(random)) {
        case DROP_ALL -> losses.writesLost += unsure.size();
        case TORN -> tear(unsure, random, losses);
        case REORDERED -> reorder(unsure, random, losses);
        default -> unsure.forEach(change -> change.applyTo(durable));
      }
    }
    view = durable.copy();
    linked = true;
  }

  /** A prefix of the changes, and of the next one a prefix of its bytes. */
  private void tear(List<Change> unsure, RandomGenerator random, SimDiskLosses losses) {
    int cut = random.nextInt(unsure.size());
    unsure.subList(0, cut).forEach(change -> change.applyTo(durable));
    Change torn = unsure.get(cut);
    int sizeAfter = torn.sizeAfter(durable.size());
    if (torn.data != null && torn.data.length > 0) {
      int kept = random.nextInt(torn.data.length);
      durable.write(torn.position, torn.data, 0, kept);
      losses.writesTorn += kept > 0 ? 1 : 0;
    }
    losses.writesLost += unsure.size() - cut;
    growMaybe(sizeAfter, random);
  }

  /** Any sectors of any changes, some of them torn. */
  private void reorder(List<Change> unsure, RandomGenerator random, SimDiskLosses losses) {
    int nominalSize = durable.size();
    boolean gap = false;
    for (Change change : unsure) {
      nominalSize = change.sizeAfter(nominalSize);
      if (change.data == null) {
        boolean kept = random.nextBoolean();
        if (kept) {
          change.applyTo(durable);
        }
        gap |= !kept;
        continue;
      }
      boolean lost = false;
      boolean torn = false;
      boolean outOfOrder = false;
      for (int from = 0; from < change.data.length; ) {
        int position = change.position + from;
        int toSectorEnd = SimDisk.SECTOR_BYTES - position % SimDisk.SECTOR_BYTES;
        int length = Math.min(toSectorEnd, change.data.length - from);
        int kept = keptOf(length, random);
        durable.write(position, change.data, from, kept);
        outOfOrder |= gap && kept > 0;
        torn |= kept > 0 && kept < length;
        lost |= kept < length;
        gap |= kept < length;
        from += length;
      }
      losses.writesLost += lost ? 1 : 0;
      losses.writesTorn += torn ? 1 : 0;
      losses.writesReordered += outOfOrder ? 1 : 0;
    }
    growMaybe(nominalSize, random);
  }

  private static int keptOf(int length, RandomGenerator random) {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> 0;
      case 3 -> random.nextInt(length);
      default -> length;
    };
  }

  /** The size may reach the disk although the bytes did not: they read as zeros then. */
  private void growMaybe(int size, RandomGenerator random) {
    if (size > durable.size() && random.nextBoolean()) {
      durable.resize(size);
    }
  }
}
