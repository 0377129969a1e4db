package io.raftlessons.sim;

import io.raftlessons.runtime.DiskNames;
import io.raftlessons.sim.SimDisk.CrashMode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A simulated directory: names as a running server sees them, as they surely are, and between. */
final class SimDirectory implements SimNode {
  /** A creation (no {@code from}), a deletion (no {@code to}) or a renaming. */
  private static final class Change {
    final long start;
    final @Nullable String from;
    final @Nullable String to;
    final SimNode node;
    long durableAt = Long.MAX_VALUE;

    Change(long start, @Nullable String from, @Nullable String to, SimNode node) {
      this.start = start;
      this.from = from;
      this.to = to;
      this.node = node;
    }

    void applyTo(TreeMap<String, SimNode> names) {
      if (from != null) {
        names.remove(from);
      }
      if (to != null) {
        names.put(to, node);
      }
    }

    boolean touches(TreeSet<String> names) {
      return (from != null && names.contains(from)) || (to != null && names.contains(to));
    }

    void addNamesTo(TreeSet<String> names) {
      if (from != null) {
        names.add(from);
      }
      if (to != null) {
        names.add(to);
      }
    }
  }

  private final ArrayDeque<Change> pending = new ArrayDeque<>();
  private final TreeMap<String, SimNode> durable = new TreeMap<>();
  private final TreeMap<String, SimNode> view = new TreeMap<>();

  /** The names as the running server sees them. */
  TreeMap<String, SimNode> view() {
    return view;
  }

  @Nullable SimFile file(String leaf) {
    return view.get(leaf) instanceof SimFile file ? file : null;
  }

  /** The directory with this path from here, itself if it is empty; null if there is none. */
  @Nullable SimDirectory find(String path) {
    if (path.isEmpty()) {
      return this;
    }
    SimDirectory parent = find(DiskNames.parent(path));
    return parent != null && parent.view.get(DiskNames.leaf(path)) instanceof SimDirectory found
        ? found
        : null;
  }

  /** The sizes of all files in it and below it. */
  long bytes() {
    long sum = 0;
    for (SimNode node : view.values()) {
      sum += node instanceof SimDirectory directory ? directory.bytes() : 0;
      sum += node instanceof SimFile file ? file.view().size() : 0;
    }
    return sum;
  }

  @Override
  public SimDirectory copy() {
    SimDirectory copy = new SimDirectory();
    durable.forEach((name, node) -> copy.durable.put(name, node.copy()));
    copy.view.putAll(copy.durable);
    return copy;
  }

  /** A new directory is durable at once, and with it what its name stood for before. */
  void make(long start, String leaf) {
    TreeSet<String> name = new TreeSet<>(List.of(leaf));
    if (pending.stream().anyMatch(change -> change.touches(name))) {
      synced(start);
    }
    change(start, null, leaf, new SimDirectory());
    pending.getLast().durableAt = start;
  }

  void change(long start, @Nullable String from, @Nullable String to, SimNode node) {
    Change change = new Change(start, from, to, node);
    pending.add(change);
    change.applyTo(view);
  }

  /** A sync that ends at this time covers all changes so far. */
  void synced(long end) {
    for (Change change : pending) {
      change.durableAt = Math.min(change.durableAt, end);
    }
  }

  /** As {@link SimFile#settle}. */
  long settle(long world) {
    long relied = Long.MIN_VALUE;
    for (Change change = pending.peek();
        change != null && change.start < world && change.durableAt <= world;
        change = pending.peek()) {
      pending.remove();
      change.applyTo(durable);
      relied = Math.max(relied, change.durableAt);
    }
    return relied;
  }

  /** The machine goes down, and with it this directory and all that is below it. */
  void crash(long at, CrashMode mode, RandomGenerator random, SimDiskLosses losses) {
    crashNames(at, mode, random, losses);
    List<SimDirectory> directories = new ArrayList<>();
    for (SimNode node : view.values()) {
      if (node instanceof SimFile file) {
        file.crash(at, mode, random, losses);
      } else if (node instanceof SimDirectory directory) {
        directories.add(directory);
      }
    }
    directories.forEach(directory -> directory.crash(at, mode, random, losses));
  }

  private void crashNames(long at, CrashMode mode, RandomGenerator random, SimDiskLosses losses) {
    List<Change> unsure = new ArrayList<>();
    TreeSet<String> undone = new TreeSet<>();
    for (Change change : pending) {
      if (change.start >= at) {
        change.addNamesTo(undone);
      } else if (change.durableAt <= at) {
        change.applyTo(durable);
      } else {
        unsure.add(change);
      }
    }
    pending.clear();
    if (!unsure.isEmpty()) {
      switch (mode) {
        case KEEP_ALL -> keep(unsure, unsure.size(), undone, losses);
        case DROP_ALL -> keep(unsure, 0, undone, losses);
        case REORDERED -> keepAny(unsure, undone, random, losses);
        case TORN -> keep(unsure, random.nextInt(unsure.size() + 1), undone, losses);
        default -> {
          // Journalling file systems lose a suffix; only now and then is it any subset.
          if (random.nextInt(4) == 0) {
            keepAny(unsure, undone, random, losses);
          } else {
            keep(unsure, random.nextInt(unsure.size() + 1), undone, losses);
          }
        }
      }
    }
    view.clear();
    view.putAll(durable);
  }

  private void keep(List<Change> unsure, int count, TreeSet<String> undone, SimDiskLosses losses) {
    for (int i = 0; i < unsure.size(); i++) {
      keepUnlessUndone(unsure.get(i), i < count, undone, losses);
    }
  }

  private void keepAny(
      List<Change> unsure, TreeSet<String> undone, RandomGenerator random, SimDiskLosses losses) {
    for (Change change : unsure) {
      keepUnlessUndone(change, random.nextBoolean(), undone, losses);
    }
  }

  /** A change goes with an earlier one of the same name: one without the other cannot be. */
  private void keepUnlessUndone(
      Change change, boolean keep, TreeSet<String> undone, SimDiskLosses losses) {
    if (keep && !change.touches(undone)) {
      change.applyTo(durable);
    } else {
      change.addNamesTo(undone);
      losses.directoryEntriesLost++;
    }
  }
}
