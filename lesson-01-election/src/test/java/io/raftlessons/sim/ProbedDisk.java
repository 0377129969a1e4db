package io.raftlessons.sim;

import io.raftlessons.runtime.Disk;
import io.raftlessons.sim.SimDisk.Crash;
import io.raftlessons.sim.SimDisk.CrashPoint;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A simulated disk that knows which line of the code makes a call, and lets one call go wrong.
 * Every call counts but closing a file, which changes nothing.
 */
public final class ProbedDisk implements Disk {
  /** How a call goes wrong. */
  public enum Fault {
    /** The machine goes down; the call has no effect. */
    CRASH_BEFORE,
    /** The machine goes down; the call has taken effect. */
    CRASH_AFTER,
    /** The call fails (EIO) and does nothing. */
    ERROR,
    /** A write fails after its first half (EIO). */
    SHORT_WRITE,
    /**
     * The disk is full (ENOSPC) from this write on, until {@link #mend}. The write fails even if
     * the file need not grow for it, as on file systems that never write in place.
     */
    DISK_FULL,
    /** A sync fails, and what it was to write is marked as written, so no later sync writes it. */
    LOST_SYNC;

    public boolean isCrash() {
      return this == CRASH_BEFORE || this == CRASH_AFTER;
    }
  }

  /**
   * A call.
   *
   * @param place file and line of the caller
   * @param method what was called
   * @param changes whether it changed or synced something: opening a file that is there does not
   */
  public record Call(String place, String method, boolean changes) {
    /** In which ways this call can go wrong. */
    public List<Fault> faults() {
      List<Fault> faults = new ArrayList<>();
      if (changes) {
        faults.add(Fault.CRASH_BEFORE);
        faults.add(Fault.CRASH_AFTER);
      }
      faults.add(Fault.ERROR);
      if (method.equals("writeAt")) {
        faults.add(Fault.SHORT_WRITE);
        faults.add(Fault.DISK_FULL);
      } else if (method.equals("sync")) {
        faults.add(Fault.LOST_SYNC);
      }
      return faults;
    }
  }

  @FunctionalInterface
  private interface Work<T> {
    T run() throws IOException;
  }

  @FunctionalInterface
  private interface Change {
    Change NOTHING = () -> {};

    void run() throws IOException;
  }

  private static final StackWalker STACK = StackWalker.getInstance();

  private final SimDisk disk;
  private final SimDisk.Faults faults;
  private @Nullable List<Call> recorded;
  private int calls;
  private int armedAt;
  private Fault armed = Fault.ERROR;
  private boolean struck;

  public ProbedDisk(SimDisk disk, SimDisk.Faults faults) {
    this.disk = disk;
    this.faults = faults;
  }

  /** From now on calls are counted from 1, noted, and go well. */
  public void watch() {
    recorded = new ArrayList<>();
    calls = 0;
    armedAt = 0;
  }

  /** What was called since {@link #watch}. From now on calls are not noted. */
  public List<Call> unwatch() {
    List<Call> watched = recorded == null ? List.of() : recorded;
    recorded = null;
    return watched;
  }

  /** From now on calls are counted from 1, and the one with this number goes wrong. */
  public void arm(int call, Fault fault) {
    recorded = null;
    calls = 0;
    armedAt = call;
    armed = fault;
    struck = false;
  }

  /** Whether the call last armed was made, and went wrong as it should. */
  public boolean struck() {
    return struck;
  }

  /** Nothing goes wrong any more, and there is space. */
  public void mend() {
    armedAt = 0;
    faults.capacityBytes = Long.MAX_VALUE;
    faults.syncErrorProbability = 0;
  }

  private <T> T call(String method, boolean changes, Work<T> work, Change half) throws IOException {
    calls++;
    if (recorded != null) {
      recorded.add(new Call(caller(), method, changes));
    }
    if (calls != armedAt) {
      return work.run();
    }
    try {
      return wrong(method, work, half);
    } catch (Crash crash) {
      struck = armed.isCrash();
      throw crash;
    } catch (IOException error) {
      struck = !armed.isCrash();
      throw error;
    }
  }

  private <T> T wrong(String method, Work<T> work, Change half) throws IOException {
    switch (armed) {
      case CRASH_BEFORE -> disk.crashAt(disk.operations() + 1, CrashPoint.BEFORE);
      case CRASH_AFTER -> disk.crashAt(disk.operations() + 1, CrashPoint.AFTER);
      case DISK_FULL -> {
        faults.capacityBytes = 0;
        work.run();
        throw new IOException("no space left on the disk: " + method);
      }
      case LOST_SYNC -> {
        return lostSync(work);
      }
      default -> {
        if (armed == Fault.SHORT_WRITE) {
          half.run();
        }
        throw new IOException("input/output error: " + method);
      }
    }
    return work.run();
  }

  private <T> T lostSync(Work<T> sync) throws IOException {
    double usual = faults.dropAfterSyncErrorProbability;
    faults.syncErrorProbability = 1;
    faults.dropAfterSyncErrorProbability = 1;
    try {
      return sync.run();
    } finally {
      faults.syncErrorProbability = 0;
      faults.dropAfterSyncErrorProbability = usual;
    }
  }

  private static String caller() {
    return STACK.walk(
        frames ->
            frames
                .filter(frame -> !frame.getClassName().startsWith(ProbedDisk.class.getName()))
                .findFirst()
                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                .orElseThrow());
  }

  private <T> T look(String method, Work<T> work) throws IOException {
    return call(method, false, work, Change.NOTHING);
  }

  private void change(String method, boolean changes, Change change) throws IOException {
    call(method, changes, () -> done(change), Change.NOTHING);
  }

  private static boolean done(Change change) throws IOException {
    change.run();
    return true;
  }

  @Override
  public File open(String name) throws IOException {
    return call("open", !disk.exists(name), () -> new ProbedFile(disk.open(name)), Change.NOTHING);
  }

  @Override
  public boolean exists(String name) throws IOException {
    return look("exists", () -> disk.exists(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    change("rename", true, () -> disk.rename(from, to));
  }

  @Override
  public void delete(String name) throws IOException {
    change("delete", disk.exists(name), () -> disk.delete(name));
  }

  @Override
  public void deleteDirectory(String name) throws IOException {
    change("deleteDirectory", disk.exists(name), () -> disk.deleteDirectory(name));
  }

  @Override
  public void createDirectories(String name) throws IOException {
    change("createDirectories", !disk.exists(name), () -> disk.createDirectories(name));
  }

  @Override
  public void syncDirectory(String name) throws IOException {
    change("syncDirectory", true, () -> disk.syncDirectory(name));
  }

  @Override
  public List<String> list(String directory) throws IOException {
    return look("list", () -> disk.list(directory));
  }

  @Override
  public List<String> listDirectories(String directory) throws IOException {
    return look("listDirectories", () -> disk.listDirectories(directory));
  }

  @Override
  public Closeable lock(String name) throws IOException {
    return disk.lock(name);
  }

  private final class ProbedFile implements File {
    private final File file;

    ProbedFile(File file) {
      this.file = file;
    }

    @Override
    public long size() throws IOException {
      return look("size", file::size);
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
      return look("read", () -> file.read(position, target));
    }

    @Override
    public void writeAt(long position, ByteBuffer source) throws IOException {
      call(
          "writeAt",
          true,
          () -> done(() -> file.writeAt(position, source)),
          () -> file.writeAt(position, source.slice(source.position(), source.remaining() / 2)));
    }

    @Override
    public void truncate(long size) throws IOException {
      change("truncate", true, () -> file.truncate(size));
    }

    @Override
    public void sync() throws IOException {
      change("sync", true, file::sync);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
