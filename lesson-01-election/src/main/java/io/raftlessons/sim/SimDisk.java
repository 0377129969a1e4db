package io.raftlessons.sim;

import io.raftlessons.runtime.Disk;
import io.raftlessons.runtime.DiskNames;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that loses, tears and reorders what was not synced, as real ones do.
 *
 * <p>Every call takes virtual time: it <em>charges</em> the loop that makes it. A crash therefore
 * comes at a time, and what a loop did after that time never happened, although the loop has
 * already run. A sync counts only if its charged end is not after the crash. The same object is the
 * disk of the restarted server; what the crashed one held open fails.
 *
 * <p>Files and names are separate, as on POSIX systems: a synced file whose directory was not
 * synced may be gone. Not thread-safe; the simulator has one thread.
 */
public final class SimDisk implements Disk {
  /** The unit that a device writes as a whole, if it does not lose power in the middle. */
  public static final int SECTOR_BYTES = 512;

  /** How long a hung sync takes, in nanoseconds: decades, so for ever. */
  public static final long HANG_NANOS = 1L << 60;

  /** The time of whoever calls the disk. */
  public interface Clock {
    /** The calling loop's time in nanoseconds, with everything charged so far. */
    long now();

    /** Moves the calling loop's time, and with it all it does later. */
    void charge(long nanos);

    /**
     * A time that no crash will come before; the disk forgets what is durable by then. A loop's
     * time runs ahead of the world's within a task, so a world that crashes servers between events
     * answers with its own time. A crash before a time relied on is refused, not ignored.
     */
    default long worldNow() {
      return now();
    }
  }

  /** What a crash does to changes that no completed sync covers. */
  public enum CrashMode {
    /** They all survive: the cache was written just in time. */
    KEEP_ALL,
    /** None survives. */
    DROP_ALL,
    /** They survive up to a point in the middle of a write. Names: up to a point. */
    TORN,
    /** Any sectors of any writes survive. Names: any that can be without the others. */
    REORDERED,
    /** By seed, each file for itself, one of the others. Names: usually up to a point. */
    RANDOM;

    private static final List<CrashMode> SCRIPTED = List.of(KEEP_ALL, DROP_ALL, TORN, REORDERED);

    CrashMode orOneOf(RandomGenerator random) {
      return this == RANDOM ? SCRIPTED.get(random.nextInt(SCRIPTED.size())) : this;
    }
  }

  /** Where {@link #crashAt} strikes. */
  public enum CrashPoint {
    /** The operation has no effect; of a sync: nothing it was to cover is safe. */
    BEFORE,
    /** The operation has taken effect, but its caller never hears of it. */
    AFTER
  }

  /**
   * The machine goes down inside a call. An Error, because nothing may handle it: the server is
   * gone. It reaches whoever runs the loop, who then calls {@link SimDisk#crash}.
   */
  public static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash(String operation) {
      super("crash at " + operation, null, false, false);
    }
  }

  /** What goes wrong, to be changed at any time. Probabilities are from 0 to 1, times in ns. */
  public static final class Faults {
    /** What every call but a sync takes; at least 1. */
    public long operationNanos = 10_000;

    /** The range of a sync's time, both ends included. */
    public long syncNanosMin = 200_000;

    public long syncNanosMax = 2_000_000;

    /** How often a sync takes {@link #slowSyncNanos} more. */
    public double slowSyncProbability;

    public long slowSyncNanos = 100_000_000;

    /** How often a sync takes {@link SimDisk#HANG_NANOS}. 1: all do. */
    public double hangSyncProbability;

    /** Bytes that fit on the disk; a write beyond is cut short and fails (ENOSPC). */
    public long capacityBytes = Long.MAX_VALUE;

    /** How often a read fails (EIO). */
    public double readErrorProbability;

    /** How often a sync fails (EIO). */
    public double syncErrorProbability;

    /** How often a failed sync of a file silently drops what it was to write. */
    public double dropAfterSyncErrorProbability = 0.5;
  }

  /**
   * How often something happened since the disk was made.
   *
   * @param writesLost writes of which a crash took at least a part
   * @param writesTorn writes of which a crash left a part of a sector, or a prefix
   * @param writesReordered writes of which a crash left something but took something earlier
   * @param directoryEntriesLost creations, renamings and deletions that a crash undid
   * @param noSpaceErrors writes that did not fit
   * @param readErrors reads that failed
   * @param syncErrors syncs that failed, of files and directories
   * @param slowSyncs syncs that were slow, but ended
   * @param hungSyncs syncs that did not end
   */
  public record Reached(
      long writesLost,
      long writesTorn,
      long writesReordered,
      long directoryEntriesLost,
      long noSpaceErrors,
      long readErrors,
      long syncErrors,
      long slowSyncs,
      long hungSyncs) {
    /** How often a call failed. */
    long errors() {
      return noSpaceErrors + readErrors + syncErrors;
    }

    void addTo(Reach reach) {
      reach.add("disk: unsynced write lost", writesLost);
      reach.add("disk: unsynced write torn", writesTorn);
      reach.add("disk: unsynced writes reordered", writesReordered);
      reach.add("disk: unsynced name lost", directoryEntriesLost);
      reach.add("disk: no space", noSpaceErrors);
      reach.add("disk: failed read", readErrors);
      reach.add("disk: failed sync", syncErrors);
      reach.add("disk: slow sync", slowSyncs);
      reach.add("disk: hung sync", hungSyncs);
    }
  }

  private final RandomGenerator random;
  private final SimDiskDevice device;
  private SimDirectory root = new SimDirectory();
  private final TreeSet<String> locks = new TreeSet<>();

  /**
   * @param random seeded; this disk's own
   * @param faults kept and read at every call
   */
  public SimDisk(Clock clock, RandomGenerator random, Faults faults) {
    this.random = random;
    this.device = new SimDiskDevice(clock, random, faults);
  }

  /** As {@link #crash(long, CrashMode)} with {@link CrashMode#RANDOM}. */
  public void crash(long atNanos) {
    crash(atNanos, CrashMode.RANDOM);
  }

  /**
   * The machine went down at this time and is up again: files, names and locks are what a restarted
   * server finds. Calls that started at this time or later never happened.
   *
   * @throws IllegalArgumentException if it lies before a {@link Clock#worldNow} that the disk has
   *     relied on
   */
  public void crash(long atNanos, CrashMode mode) {
    device.restart(atNanos);
    locks.clear();
    root.crash(atNanos, mode, random, device.losses);
    device.usedBytes = root.bytes();
  }

  /** Another disk that holds what this one holds. After a crash, while nobody uses it. */
  SimDisk copy(Clock clock, RandomGenerator random, Faults faults) {
    SimDisk copy = new SimDisk(clock, random, faults);
    copy.root = root.copy();
    copy.device.usedBytes = device.usedBytes;
    return copy;
  }

  /** How many calls so far changed or synced something: what {@link #crashAt} counts. */
  public long operations() {
    return device.operations();
  }

  /**
   * The call that makes {@link #operations} reach this number throws a {@link Crash}, and so does
   * every call after it until {@link #crash}.
   */
  public void crashAt(long operation, CrashPoint point) {
    device.crashAt(operation, point);
  }

  /** As {@link #crashAt(long, CrashPoint)}, before or after by seed. */
  public void crashAt(long operation) {
    crashAt(operation, random.nextBoolean() ? CrashPoint.BEFORE : CrashPoint.AFTER);
  }

  @Override
  public File open(String name) throws IOException {
    device.up();
    SimDirectory directory = directoryOf(DiskNames.file(name));
    String leaf = DiskNames.leaf(name);
    SimFile file = directory.file(leaf);
    if (file == null) {
      demandNoDirectory(name);
      long start = device.begin("create " + name);
      file = new SimFile();
      directory.change(start, null, leaf, file);
      device.end("create " + name);
    } else {
      device.look();
    }
    return new SimHandle(name, file, device);
  }

  @Override
  public boolean exists(String name) {
    device.up();
    device.look();
    SimDirectory directory = root.find(DiskNames.parent(DiskNames.file(name)));
    return directory != null && directory.view().containsKey(DiskNames.leaf(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    device.up();
    DiskNames.renaming(from, to);
    SimDirectory directory = directoryOf(from);
    SimNode moved = directory.view().get(DiskNames.leaf(from));
    SimNode replaced = directory.view().get(DiskNames.leaf(to));
    if (moved == null) {
      throw new IOException("no such file: " + from);
    }
    boolean isFile = moved instanceof SimFile && !(replaced instanceof SimDirectory);
    if (replaced != null && replaced != moved && !isFile) {
      throw new IOException(to + " is there already");
    }
    long start = device.begin("rename " + from);
    if (replaced != moved) {
      if (replaced instanceof SimFile file) {
        unlink(file);
      }
      directory.change(start, DiskNames.leaf(from), DiskNames.leaf(to), moved);
    }
    device.end("rename " + from);
  }

  @Override
  public void delete(String name) throws IOException {
    device.up();
    demandNoDirectory(DiskNames.file(name));
    SimDirectory directory = root.find(DiskNames.parent(name));
    SimFile file = directory == null ? null : directory.file(DiskNames.leaf(name));
    if (directory == null || file == null) {
      device.look();
      return;
    }
    long start = device.begin("delete " + name);
    unlink(file);
    directory.change(start, DiskNames.leaf(name), null, file);
    device.end("delete " + name);
  }

  @Override
  public void deleteDirectory(String name) throws IOException {
    device.up();
    SimDirectory parent = root.find(DiskNames.parent(DiskNames.file(name)));
    SimNode node = parent == null ? null : parent.view().get(DiskNames.leaf(name));
    if (parent == null || node == null) {
      device.look();
      return;
    }
    if (!(node instanceof SimDirectory directory)) {
      throw new IOException(name + " is a file");
    }
    if (!directory.view().isEmpty()) {
      throw new IOException("directory is not empty: " + name);
    }
    long start = device.begin("delete directory " + name);
    parent.change(start, DiskNames.leaf(name), null, node);
    device.end("delete directory " + name);
  }

  private void unlink(SimFile file) {
    file.linked = false;
    device.usedBytes -= file.view().size();
  }

  @Override
  public void createDirectories(String name) throws IOException {
    device.up();
    if (root.find(DiskNames.directory(name)) != null) {
      device.look();
      return;
    }
    createDirectories(DiskNames.parent(name));
    SimDirectory parent = directoryOf(name);
    if (parent.view().containsKey(DiskNames.leaf(name))) {
      throw new IOException(name + " is a file");
    }
    long start = device.begin("create directory " + name);
    parent.make(start, DiskNames.leaf(name));
    device.end("create directory " + name);
  }

  @Override
  public void syncDirectory(String name) throws IOException {
    device.up();
    SimDirectory directory = directory(DiskNames.directory(name));
    device.relyOn(directory.settle(device.worldNow()));
    directory.synced(device.sync("directory '" + name + "'", null));
    device.end("sync directory " + name);
  }

  @Override
  public List<String> list(String directory) throws IOException {
    return list(directory, SimFile.class);
  }

  @Override
  public List<String> listDirectories(String directory) throws IOException {
    return list(directory, SimDirectory.class);
  }

  private List<String> list(String name, Class<? extends SimNode> kind) throws IOException {
    device.up();
    device.look();
    TreeMap<String, SimNode> names = new TreeMap<>(directory(DiskNames.directory(name)).view());
    names.values().removeIf(node -> !kind.isInstance(node));
    return new ArrayList<>(names.keySet());
  }

  @Override
  public Closeable lock(String name) throws IOException {
    device.up();
    open(name).close();
    if (!locks.add(name)) {
      throw new IOException(
          "directory " + DiskNames.parent(name) + " is in use by another process");
    }
    long held = device.generation();
    return () -> {
      if (held == device.generation()) {
        locks.remove(name);
      }
    };
  }

  private SimDirectory directoryOf(String name) throws IOException {
    return directory(DiskNames.parent(name));
  }

  private SimDirectory directory(String name) throws IOException {
    SimDirectory directory = root.find(name);
    if (directory == null) {
      throw new IOException("no such directory: " + name);
    }
    return directory;
  }

  private void demandNoDirectory(String name) throws IOException {
    if (root.find(name) != null) {
      throw new IOException(name + " is a directory");
    }
  }

  /** What the faults have reached so far, for a run to assert that it reached them. */
  public Reached reached() {
    return device.reached();
  }
}
