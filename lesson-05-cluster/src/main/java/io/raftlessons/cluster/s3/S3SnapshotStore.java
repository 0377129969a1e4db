package io.raftlessons.cluster.s3;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.runtime.Disk;
import io.raftlessons.snapshots.CheckedSink;
import io.raftlessons.snapshots.DamagedSnapshot;
import io.raftlessons.snapshots.FileSnapshotSource;
import io.raftlessons.snapshots.MetaJson;
import io.raftlessons.snapshots.SnapshotDamagedException;
import io.raftlessons.snapshots.SnapshotMetas;
import io.raftlessons.snapshots.SnapshotSink;
import io.raftlessons.snapshots.SnapshotSource;
import io.raftlessons.snapshots.SnapshotStore;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots of a group in an object store, for several servers that may write at once: an old
 * leader does not know yet that it is one.
 *
 * <p><b>Objects.</b> A snapshot has {@code {prefix}/{group}/lsn_{20 digits}-snap_{id}/state.bin}
 * and {@code meta.json}, as in {@link io.raftlessons.snapshots.FileSnapshotStore}; neither is ever
 * changed. {@code {prefix}/{group}/latest.json} names the ones that are retained, see {@link
 * RetainedObjects}.
 *
 * <p><b>Publishing.</b> Both objects are uploaded and read back as a whole; only if they have the
 * right size and checksum is the snapshot named. It must end at a higher index than all before it,
 * else {@link SupersededSnapshotException}. So what is named is there, is whole, and never goes
 * back.
 *
 * <p><b>Retention.</b> The newest few stay named. Objects go when no version names them and they
 * end before the oldest that is named: whoever is uploading such a one now would be superseded.
 * Leftovers of uploads that failed go so, too.
 *
 * <p><b>Owner.</b> Before anything is read or written, the name and the fingerprint of the cluster
 * are compared with those that the first one left. A cluster that is restored from here {@link
 * #claim claims} the place: what is left of the old one is refused from then on.
 *
 * <p>Blocking, for as long as uploads take; used by one thread at a time. Opening the store asks
 * nobody, so it can be opened while the object store is down. Several stores may share an {@link
 * ObjectStore}, and a disk if their directories differ.
 */
public final class S3SnapshotStore implements SnapshotStore {
  /** What S3 takes in one piece: 5 GiB. */
  public static final long MAX_BYTES = 5L << 30;

  private static final String META = "meta.json";
  private static final String STATE = "state.bin";
  private static final int MAX_META_BYTES = 1 << 20;
  private static final Logger LOG = LoggerFactory.getLogger(S3SnapshotStore.class);

  /**
   * @param prefix what the keys of all groups begin with, without a slash at the end; may be empty
   * @param group a plain name
   * @param retain how many of the newest are kept, at least 1
   * @param attempts of what another writer or a broken connection may thwart, at least 2
   * @param pause after the first of them that failed; it doubles
   * @param directory for content on its way, on the disk; for this store alone
   * @param bufferBytes how much is read and written at a time, at least 1
   */
  public record Options(
      String prefix,
      String group,
      int retain,
      int attempts,
      Duration pause,
      String directory,
      int bufferBytes) {
    public Options {
      if (retain < 1 || attempts < 2 || bufferBytes < 1 || pause.isNegative()) {
        throw new IllegalArgumentException(
            "out of range: retain %d, %d attempts, pause %s, buffer of %d bytes"
                .formatted(retain, attempts, pause, bufferBytes));
      }
      if (!SnapshotMetas.isId(group)) {
        throw new IllegalArgumentException("no plain name of a group: " + group);
      }
    }

    /** Two snapshots, eight attempts, a pause of 50 ms, 64 KiB at a time. */
    public static Options defaults(String prefix, String group, String directory) {
      return new Options(prefix, group, 2, 8, Duration.ofMillis(50), directory, 1 << 16);
    }

    /** What the settings say; else the defaults. */
    public static Options of(ClusterConfig config, String group, String directory) {
      Options defaults =
          defaults(config.snapshotDestination().orElseThrow().prefix(), group, directory);
      return new Options(
          defaults.prefix,
          group,
          config.snapshotsRetained(),
          defaults.attempts,
          defaults.pause,
          directory,
          defaults.bufferBytes);
    }

    private String groupPrefix() {
      return (prefix.isEmpty() ? "" : prefix + "/") + group + "/";
    }

    private RetainedObjects retained(ObjectStore objects) {
      return new RetainedObjects(objects, groupPrefix(), attempts, pause);
    }
  }

  private final ObjectStore objects;
  private final Disk disk;
  private final LongSupplier millis;
  private final SnapshotOwner owner;
  private final Options options;
  private final String prefix;
  private final RetainedObjects retained;

  private S3SnapshotStore(
      ObjectStore objects, Disk disk, LongSupplier millis, SnapshotOwner owner, Options options) {
    this.objects = objects;
    this.disk = disk;
    this.millis = millis;
    this.owner = owner;
    this.options = options;
    this.prefix = options.groupPrefix();
    this.retained = options.retained(objects);
  }

  /**
   * @param objects not closed by this store
   * @param disk has the directory for content on its way; what an earlier process left there is
   *     removed
   * @param millis the wall clock, for ids
   * @param owner this cluster
   */
  public static S3SnapshotStore open(
      ObjectStore objects, Disk disk, LongSupplier millis, SnapshotOwner owner, Options options)
      throws IOException {
    if (!disk.exists(options.directory())) {
      disk.createDirectories(options.directory());
    }
    for (String name : disk.list(options.directory())) {
      disk.delete(options.directory() + "/" + name);
    }
    return new S3SnapshotStore(objects, disk, millis, owner, options);
  }

  /** Whose snapshots of this group are there; empty if there never were any. */
  public static Optional<SnapshotOwner> ownerOf(ObjectStore objects, Options options)
      throws IOException {
    return options.retained(objects).read().map(Retained::owner);
  }

  /** What holds, if it is ours. */
  private Optional<Retained> ours() throws IOException {
    Optional<Retained> current = retained.read();
    if (current.isPresent()) {
      requireOurs(current.get());
    }
    return current;
  }

  private Retained requireOurs(Retained current) throws IOException {
    if (!current.owner().equals(owner)) {
      throw new NotOurSnapshotsException(prefix + " of " + objects, current.owner(), owner);
    }
    return current;
  }

  /** The same; and it is ours from now on, if it was nobody's. */
  private Retained occupied() throws IOException {
    return retained.change(
        current -> {
          if (current.isPresent()) {
            requireOurs(current.get());
            return Optional.empty();
          }
          return Optional.of(new Retained(1, owner, List.of()));
        });
  }

  /**
   * As in {@link SnapshotStore}. What is written is kept on the disk until it is published.
   *
   * @throws NotOurSnapshotsException if the place is another cluster's
   * @throws SupersededSnapshotException if a newer one is there already
   */
  @Override
  public SnapshotSink create(SnapshotMeta meta) throws IOException {
    List<String> taken = new ArrayList<>();
    SnapshotMetas.begin(meta, millis, taken::contains);
    if (meta.getSize() > MAX_BYTES) {
      throw tooLarge(meta.getId());
    }
    Retained current = occupied();
    current.snapshots().forEach(entry -> taken.add(entry.id()));
    SnapshotMeta begun = SnapshotMetas.begin(meta, millis, taken::contains);
    if (current.find(begun.getId()).isEmpty()) {
      requireNewer(begun, current);
    }
    return new Sink(begun, !meta.getId().isEmpty(), temporary());
  }

  private static void requireNewer(SnapshotMeta meta, Retained current) throws IOException {
    if (meta.getIndex() <= current.newestIndex()) {
      throw new SupersededSnapshotException(meta.getId(), meta.getIndex(), current.newestIndex());
    }
  }

  /** A file that goes when it is closed, or when this process ends however it ends. */
  private Disk.File temporary() throws IOException {
    String name = options.directory() + "/content";
    Disk.File file = disk.open(name);
    disk.delete(name);
    return file;
  }

  private final class Sink extends CheckedSink {
    private final Disk.File file;
    private final ByteBuffer buffer = ByteBuffer.allocate(options.bufferBytes());
    private long written;

    Sink(SnapshotMeta meta, boolean received, Disk.File file) {
      super(meta, received);
      this.file = file;
    }

    @Override
    protected void append(byte[] bytes, int from, int length) throws IOException {
      if (length > MAX_BYTES - offset()) {
        throw tooLarge(id());
      }
      for (int at = from; at < from + length; ) {
        int fits = Math.min(from + length - at, buffer.remaining());
        buffer.put(bytes, at, fits);
        at += fits;
        if (!buffer.hasRemaining()) {
          writeBuffer();
        }
      }
    }

    private void writeBuffer() throws IOException {
      buffer.flip();
      int length = buffer.remaining();
      file.writeAt(written, buffer);
      written += length;
      buffer.clear();
    }

    @Override
    protected void commit(SnapshotMeta full) throws IOException {
      writeBuffer();
      try (FileSnapshotSource source = new FileSnapshotSource(full, STATE, file)) {
        upload(source);
      }
    }

    @Override
    protected void discard() throws IOException {
      file.close();
    }
  }

  private static IOException tooLarge(String id) {
    return new IOException(
        "snapshot " + id + " has more than the " + MAX_BYTES + " bytes that S3 takes in one piece");
  }

  /**
   * Publishes a snapshot of another store, without a copy of it. The same one again is no error.
   *
   * @return its meta
   * @throws NotOurSnapshotsException if the place is another cluster's
   * @throws SupersededSnapshotException if a newer one is there already
   * @throws SnapshotDamagedException if what was read back is not what was written
   * @throws IOException if it cannot be done. It may be found named all the same, but whole
   */
  public SnapshotMeta upload(SnapshotSource source) throws IOException {
    SnapshotMeta meta = source.meta();
    if (meta.getSize() > MAX_BYTES) {
      throw tooLarge(meta.getId());
    }
    Retained.Entry entry = Retained.Entry.of(meta);
    if (nameable(occupied(), meta)) {
      try {
        put(source);
      } catch (ObjectStoreException.NotFound e) {
        // Swept by another server, which has a newer one?
        requireNewer(meta, occupied());
        throw e;
      }
    }
    Retained named =
        retained.change(
            now -> {
              Retained current = requireOurs(now.orElseThrow(() -> vanished(meta)));
              return nameable(current, meta)
                  ? Optional.of(current.with(entry, options.retain()))
                  : Optional.empty();
            });
    retained.copyToLatest();
    sweep(named);
    return meta;
  }

  private IOException vanished(SnapshotMeta meta) {
    return new IOException(
        "snapshot %s is not named: somebody deleted the objects of %s in %s"
            .formatted(meta.getId(), prefix, objects));
  }

  /** False if it is named. */
  private static boolean nameable(Retained current, SnapshotMeta meta) throws IOException {
    Optional<Retained.Entry> same = current.find(meta.getId());
    if (same.isEmpty()) {
      requireNewer(meta, current);
      return true;
    }
    if (!same.get().equals(Retained.Entry.of(meta))) {
      throw new IOException("another snapshot is called " + meta.getId());
    }
    return false;
  }

  private void put(SnapshotSource source) throws IOException {
    SnapshotMeta meta = source.meta();
    String key = prefix + Retained.Entry.key(meta) + "/";
    byte[] text = MetaJson.encode(meta);
    if (text.length > MAX_META_BYTES) {
      throw new IOException(
          "the meta of snapshot " + meta.getId() + " has " + text.length + " bytes");
    }
    put(key + STATE, content(source), () -> download(key, meta).verify(options.attempts()));
    put(
        key + META,
        ObjectStore.Content.of(text),
        () -> {
          if (!meta.equals(readMeta(key, meta.getId()))) {
            throw new IOException("another snapshot is called " + meta.getId());
          }
        });
  }

  private interface Verification {
    void run() throws IOException;
  }

  /** Whatever the store answers: what is there now decides. */
  private void put(String key, ObjectStore.Content content, Verification verification)
      throws IOException {
    Optional<IOException> doubt = Optional.empty();
    try {
      objects.putIfAbsent(key, content);
    } catch (ObjectStoreException.PreconditionFailed | ObjectStoreException.Unavailable e) {
      doubt = Optional.of(e);
    }
    try {
      verification.run();
    } catch (ObjectStoreException.NotFound e) {
      throw doubt.orElse(e);
    } catch (IOException e) {
      doubt.ifPresent(e::addSuppressed);
      throw e;
    }
  }

  private static ObjectStore.Content content(SnapshotSource source) {
    return new ObjectStore.Content() {
      @Override
      public long length() {
        return source.meta().getSize();
      }

      @Override
      public InputStream open() throws IOException {
        return source.stream();
      }
    };
  }

  private Download download(String key, SnapshotMeta meta) {
    return new Download(objects, key + STATE, meta, options.bufferBytes());
  }

  /** What was published is there all the same. */
  private void sweep(Retained named) {
    try {
      retained.deleteBefore(named);
      for (String key : objects.list(prefix + "lsn_")) {
        String snapshot = key.substring(prefix.length()).replaceFirst("/.*", "");
        if (isSurplus(snapshot, named)) {
          objects.delete(key);
        }
      }
    } catch (IOException e) {
      LOG.warn(
          "an old snapshot was not removed; it is tried again after the next: {}", e.toString());
    }
  }

  /** Keys are sorted by index. */
  private static boolean isSurplus(String key, Retained named) {
    String oldest = "lsn_%020d".formatted(named.oldestIndex());
    return key.compareTo(oldest) < 0
        && named.snapshots().stream().noneMatch(entry -> entry.key().equals(key));
  }

  private record Scan(List<SnapshotMeta> metas, List<DamagedSnapshot> damaged) {}

  private Scan scan() throws IOException {
    Scan scan = new Scan(new ArrayList<>(), new ArrayList<>());
    Optional<Retained> current = ours();
    if (current.isPresent()) {
      for (Retained.Entry entry : current.get().snapshots()) {
        try {
          scan.metas().add(readMeta(entry));
        } catch (SnapshotDamagedException e) {
          scan.damaged().add(new DamagedSnapshot(entry.id(), String.valueOf(e.getMessage())));
        }
      }
    }
    return scan;
  }

  /** The ones that are named. The content of each was read back before that. */
  @Override
  public List<SnapshotMeta> list() throws IOException {
    return scan().metas();
  }

  @Override
  public List<DamagedSnapshot> damaged() throws IOException {
    return scan().damaged();
  }

  /** The end of the oldest snapshot that is named: the log behind it must stay. */
  @Override
  public long mayCutTo() throws IOException {
    return ours().map(Retained::oldestIndex).orElse(0L);
  }

  private SnapshotMeta readMeta(Retained.Entry entry) throws IOException {
    SnapshotMeta meta;
    try {
      meta = readMeta(prefix + entry.key() + "/", entry.id());
    } catch (ObjectStoreException.NotFound e) {
      throw new SnapshotDamagedException(entry.id(), String.valueOf(e.getMessage()));
    }
    if (!Retained.Entry.of(meta).equals(entry)) {
      throw new SnapshotDamagedException(
          entry.id(), prefix + entry.key() + "/" + META + " is that of another snapshot");
    }
    return meta;
  }

  private SnapshotMeta readMeta(String key, String id) throws IOException {
    String reason = "";
    for (int attempt = 0; attempt < options.attempts(); attempt++) {
      try {
        return MetaJson.decode(key + META, objects.get(key + META, MAX_META_BYTES).bytes());
      } catch (MetaJson.BrokenException e) {
        reason = key + META + ": " + e.getMessage();
      }
    }
    throw new SnapshotDamagedException(id, reason);
  }

  /**
   * As in {@link SnapshotStore}: downloads it to the disk.
   *
   * @throws NotOurSnapshotsException if the place is another cluster's
   */
  @Override
  public SnapshotSource open(String id) throws IOException {
    Retained.Entry entry =
        ours()
            .flatMap(current -> current.find(id))
            .orElseThrow(
                () -> new IOException("no snapshot " + id + " in " + prefix + " of " + objects));
    SnapshotMeta meta = readMeta(entry);
    Disk.File file = temporary();
    try {
      download(prefix + entry.key() + "/", meta)
          .to((position, bytes) -> file.writeAt(position, bytes), options.attempts());
      return new FileSnapshotSource(meta, STATE, file);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Makes the place another cluster's, which was restored from one of the snapshots. From then on
   * this one's uploads are refused, whoever of it is still alive. Snapshots that are newer than
   * that one are forgotten: they are not the history of the new cluster. Again it does nothing.
   *
   * @param by the new cluster
   * @param restoredFrom the id of the snapshot
   * @throws NotOurSnapshotsException if the place is neither's
   * @throws IOException also if the snapshot is not retained any more: restore from another one
   */
  public void claim(SnapshotOwner by, String restoredFrom) throws IOException {
    retained.change(
        now -> {
          Retained current =
              now.orElseThrow(() -> new IOException("there is nothing in " + prefix));
          if (current.owner().equals(by)) {
            return Optional.empty();
          }
          Retained.Entry last =
              requireOurs(current)
                  .find(restoredFrom)
                  .orElseThrow(
                      () ->
                          new IOException(
                              "snapshot %s is not retained any more in %s: restore from a newer one"
                                  .formatted(restoredFrom, prefix)));
          return Optional.of(current.claimed(by, last));
        });
    retained.copyToLatest();
  }
}
