package io.raftlessons.snapshots;

import io.raftlessons.runtime.Disk;
import io.raftlessons.runtime.DiskNames;
import io.raftlessons.runtime.UnknownFormatException;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots in files. Each has a directory {@code snapshots/<id>} with {@code meta.json}, see
 * {@link MetaJson}, and {@code state.bin}, its content and nothing else.
 *
 * <p><b>Publishing.</b> A snapshot is made in {@code <id>.tmp}. Both files are synced, then that
 * directory, it is renamed, and the directory above it is synced. So after a crash it is there as a
 * whole or not at all. (HashiCorp's never syncs the directory itself; without that the name may
 * survive and the files may not.) To be removed it is renamed first, to {@code <id>.old.tmp}, and
 * only when that is durable its files are deleted.
 *
 * <p><b>Retention.</b> After each publishing the oldest go beyond the newest few. The one just
 * published stays even if it is older than those. What has no readable meta counts for nothing and
 * is never removed: it is named in the log and in {@link #damaged}, for somebody to look at.
 *
 * <p><b>Opening.</b> What a crash has left of unfinished work is removed. A snapshot of another
 * format stops the store.
 *
 * <p>Nothing is ever appended to a file that failed, so a failure harms one snapshot only, and the
 * store can be used after it, also after the disk was full.
 *
 * <p>Blocking; used by one loop at a time. The owner of the directory holds its lock.
 */
public final class FileSnapshotStore implements SnapshotStore {
  static final String META = "meta.json";
  static final String STATE = "state.bin";

  /** Of a meta; it is mostly configuration. A longer file is damage, no reason to allocate. */
  static final int MAX_META_BYTES = 1 << 20;

  private static final String OLD = ".old" + SnapshotMetas.TEMPORARY;
  private static final Logger LOG = LoggerFactory.getLogger(FileSnapshotStore.class);

  /**
   * @param directory the server's; the snapshots are in {@code snapshots} inside it
   * @param retain how many of the newest are kept, at least 1
   * @param bufferBytes how much is written and read at a time, at least 1
   * @param syncBytes how much is written before it is synced, at least 1. A sync of a large file at
   *     its end alone would keep the log's syncs waiting.
   */
  public record Options(String directory, int retain, int bufferBytes, long syncBytes) {
    public Options {
      if (retain < 1 || bufferBytes < 1 || syncBytes < 1) {
        throw new IllegalArgumentException(
            "out of range: retain %d, buffer of %d, sync after %d bytes"
                .formatted(retain, bufferBytes, syncBytes));
      }
    }

    /** Two snapshots, 64 KiB at a time, a sync each 8 MiB. */
    public static Options defaults(String directory) {
      return new Options(directory, 2, 1 << 16, 8 << 20);
    }
  }

  private final Disk disk;
  private final Options options;
  private final LongSupplier millis;
  private final String directory;

  /** What has a sink that may still write: by directory, the id. */
  private final TreeMap<String, String> writing = new TreeMap<>();

  /** What may have its name although nobody was told that it is published. */
  private final TreeSet<String> doubtful = new TreeSet<>();

  /** Of which damaged ones the log has a line. */
  private final TreeSet<String> told = new TreeSet<>();

  private FileSnapshotStore(Disk disk, LongSupplier millis, Options options) {
    this.disk = disk;
    this.millis = millis;
    this.options = options;
    this.directory = DiskNames.in(options.directory(), "snapshots");
  }

  /**
   * Opens the store, and makes it if there is none.
   *
   * @param millis the wall clock, for ids
   * @throws UnknownFormatException if another release wrote one of the snapshots
   */
  public static FileSnapshotStore open(Disk disk, LongSupplier millis, Options options)
      throws IOException {
    FileSnapshotStore store = new FileSnapshotStore(disk, millis, options);
    store.recover();
    return store;
  }

  private void recover() throws IOException {
    disk.createDirectories(directory);
    // A killed process may have renamed and not synced. Whoever reads a snapshot relies on it; and
    // what was renamed to be removed must not come back after its files have gone.
    disk.syncDirectory(directory);
    for (String name : disk.listDirectories(directory)) {
      if (isTemporary(name)) {
        LOG.info("{} is left over from unfinished work: removed", path(name));
        deleteAll(name);
      }
    }
    scan();
  }

  @Override
  public SnapshotSink create(SnapshotMeta meta) throws IOException {
    TreeSet<String> taken = new TreeSet<>(disk.listDirectories(directory));
    taken.addAll(writing.values());
    SnapshotMeta begun = SnapshotMetas.begin(meta, millis, taken::contains);
    String making = temporary(begun.getId());
    deleteAll(making);
    disk.createDirectories(path(making));
    Disk.File state = disk.open(path(making) + "/" + STATE);
    writing.put(making, begun.getId());
    return new FileSnapshotSink(this, making, begun, !meta.getId().isEmpty(), state, options);
  }

  private String temporary(String id) {
    String name = id + SnapshotMetas.TEMPORARY;
    for (int n = 2; writing.containsKey(name); n++) {
      name = id + "-" + n + SnapshotMetas.TEMPORARY;
    }
    return name;
  }

  /** Of a sink: the content is in its file, and synced. */
  void publish(String name, SnapshotMeta meta) throws IOException {
    String id = meta.getId();
    boolean again = disk.exists(path(id));
    if (again && isThere(meta)) {
      discard(name, id);
      return;
    }
    byte[] text = MetaJson.encode(meta);
    if (text.length > MAX_META_BYTES) {
      throw new IOException("the meta of snapshot " + id + " has " + text.length + " bytes");
    }
    String making = path(name);
    try (Disk.File file = disk.open(making + "/" + META)) {
      file.writeAt(0, ByteBuffer.wrap(text));
      file.sync();
    }
    disk.syncDirectory(making);
    if (again) {
      remove(id);
    }
    doubtful.add(id);
    disk.rename(making, path(id));
    disk.syncDirectory(directory);
    doubtful.remove(id);
    writing.remove(name);
    reap(id);
  }

  /** Whether a snapshot that was received again is worth nothing: the first one is well. */
  private boolean isThere(SnapshotMeta meta) throws IOException {
    SnapshotMeta other;
    try (SnapshotSource source = open(meta.getId())) {
      other = source.meta();
    } catch (IOException e) {
      LOG.warn("{} is replaced by the same snapshot, received again", path(meta.getId()), e);
      return false;
    }
    if (!other.equals(meta)) {
      throw new IOException("another snapshot is called " + meta.getId());
    }
    return true;
  }

  /** Of a sink: whatever there is of this snapshot goes. */
  void discard(String name, String id) throws IOException {
    writing.remove(name);
    if (disk.exists(path(id)) && doubtful.contains(id)) {
      remove(id);
    }
    doubtful.remove(id);
    deleteAll(name);
  }

  private void reap(String published) {
    try {
      for (SnapshotMeta surplus : SnapshotMetas.surplus(list(), options.retain(), published)) {
        remove(surplus.getId());
      }
    } catch (IOException e) {
      // What was published is there all the same.
      LOG.warn("an old snapshot could not be removed; it is tried again after the next one", e);
    }
  }

  private void remove(String id) throws IOException {
    deleteAll(id + OLD);
    disk.rename(path(id), path(id + OLD));
    // Else a crash might bring the name back, and not the files.
    disk.syncDirectory(directory);
    deleteAll(id + OLD);
  }

  private void deleteAll(String name) throws IOException {
    String path = path(name);
    if (disk.exists(path)) {
      for (String file : disk.list(path)) {
        disk.delete(path + "/" + file);
      }
      disk.deleteDirectory(path);
    }
  }

  @Override
  public List<SnapshotMeta> list() throws IOException {
    return scan().metas();
  }

  @Override
  public List<DamagedSnapshot> damaged() throws IOException {
    return scan().damaged();
  }

  private record Scan(List<SnapshotMeta> metas, List<DamagedSnapshot> damaged) {}

  private Scan scan() throws IOException {
    Scan scan = new Scan(new ArrayList<>(), new ArrayList<>());
    for (String id : disk.listDirectories(directory)) {
      if (isTemporary(id) || doubtful.contains(id)) {
        continue;
      }
      try {
        scan.metas().add(readMeta(id));
      } catch (UnknownFormatException e) {
        throw e;
      } catch (IOException e) {
        scan.damaged().add(new DamagedSnapshot(id, String.valueOf(e.getMessage())));
        if (told.add(id)) {
          LOG.warn("{} is damaged and is not used. Look at it, then remove it", path(id), e);
        }
      }
    }
    scan.metas().sort(SnapshotMetas.NEWEST_FIRST);
    return scan;
  }

  private SnapshotMeta readMeta(String id) throws IOException {
    String name = path(id) + "/" + META;
    if (!disk.exists(name)) {
      throw new SnapshotDamagedException(id, "there is no " + name);
    }
    byte[] bytes;
    try (Disk.File file = disk.open(name)) {
      long size = file.size();
      if (size > MAX_META_BYTES) {
        throw new SnapshotDamagedException(id, name + " has " + size + " bytes, too many");
      }
      bytes = new byte[(int) size];
      file.read(0, ByteBuffer.wrap(bytes));
    }
    try {
      SnapshotMeta meta = MetaJson.decode(name, bytes);
      if (!meta.getId().equals(id)) {
        throw new SnapshotDamagedException(id, name + " is that of " + meta.getId());
      }
      return meta;
    } catch (MetaJson.BrokenException e) {
      throw new SnapshotDamagedException(id, name + ": " + e.getMessage());
    }
  }

  @Override
  public SnapshotSource open(String id) throws IOException {
    if (!SnapshotMetas.isId(id) || doubtful.contains(id) || !disk.exists(path(id))) {
      throw new IOException("no snapshot " + id + " in " + directory);
    }
    SnapshotMeta meta = readMeta(id);
    String name = path(id) + "/" + STATE;
    if (!disk.exists(name)) {
      throw new SnapshotDamagedException(id, "there is no " + name);
    }
    FileSnapshotSource source = new FileSnapshotSource(meta, name, disk.open(name));
    try {
      source.verify(options.bufferBytes());
      return source;
    } catch (IOException | RuntimeException | Error e) {
      source.closeAfter(e);
      throw e;
    }
  }

  private String path(String name) {
    return DiskNames.in(directory, name);
  }

  private static boolean isTemporary(String name) {
    return name.endsWith(SnapshotMetas.TEMPORARY);
  }
}
