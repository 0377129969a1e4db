package io.raftlessons.cluster.archive;

import static java.util.Objects.requireNonNull;

import io.raftlessons.runtime.EventLoop;
import io.raftlessons.snapshots.SnapshotSource;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the snapshots of the node that leads to a place that outlives the nodes, and tells this
 * node how far it may cut its log. While that place is down or slow the group goes on, keeps its
 * log, and catches up later.
 *
 * <p>All nodes look at the archive, because each cuts its own log. Two of them may copy at once,
 * when the leader changes: the place settles that.
 *
 * <p>State belongs to the loop, which blocks while something is copied.
 */
public final class Archive {
  private static final Logger log = LoggerFactory.getLogger(Archive.class);

  /** In looks; so that whoever has mended the place sees it soon. */
  private static final int LONGEST_WAIT = 8;

  /** Where they are copied to. Its methods block. */
  public interface Place {
    /** Returns when it is there for good, and was read back. The same one again is no error. */
    void upload(SnapshotSource source) throws IOException;

    /** The snapshots that are there, newest first. */
    List<SnapshotMeta> list() throws IOException;

    /** For people. */
    @Override
    String toString();
  }

  /** The server whose snapshots are copied. Its methods may block. */
  public interface Node {
    boolean isLeader();

    /** The snapshots that it keeps, newest first. */
    List<SnapshotMeta> snapshots() throws IOException;

    SnapshotSource openSnapshot(String id) throws IOException;
  }

  /**
   * @param pause between two looks at the node
   * @param looksPerRead how many of them come before the archive itself is looked at again; what a
   *     leader writes it knows at once
   */
  public record Options(Duration pause, int looksPerRead) {
    public Options {
      if (pause.toNanos() <= 0 || looksPerRead < 1) {
        throw new IllegalArgumentException(
            "out of range: a pause of %s, %d looks".formatted(pause, looksPerRead));
      }
    }

    /** Each second, and each ten seconds. */
    public static Options defaults() {
      return new Options(Duration.ofSeconds(1), 10);
    }
  }

  private final EventLoop loop;
  private final Place place;
  private @Nullable Node node;
  private final Options options;
  private volatile ArchiveStatus status;
  private long newestIndex;
  private long oldestIndex;
  private long copies;
  private long failures;
  private Optional<String> problem = Optional.empty();
  private int looksToRead;
  private int looksToWait;
  private int failuresInARow;
  private volatile boolean closed;

  /**
   * @param loop its own: it blocks
   * @param place used on that loop only
   */
  public Archive(EventLoop loop, Place place, Options options) {
    this.loop = loop;
    this.place = place;
    this.options = options;
    status = new ArchiveStatus(place.toString(), 0, 0, 0, 0, Optional.empty());
  }

  public ArchiveStatus status() {
    return status;
  }

  /** From any thread, once: looks at the node from now on, a pause later for the first time. */
  public void begin(Node server) {
    loop.execute(
        () -> {
          node = server;
          // A node that starts has no time for an S3 client.
          loop.schedule(options.pause().toNanos(), this::look);
        });
  }

  /** From any thread: begins nothing more, and does not complain if what is under way fails. */
  public void close() {
    closed = true;
  }

  /**
   * From any thread: copies the node's newest snapshot, unless the archive has one that is as new.
   *
   * @return completes when the archive has it; exceptionally an {@link IOException}
   */
  public CompletableFuture<ArchiveStatus> copyNow() {
    CompletableFuture<ArchiveStatus> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          attempt(true);
          status
              .problem()
              .ifPresentOrElse(
                  problem -> done.completeExceptionally(new IOException(problem)),
                  () -> done.complete(status));
        });
    return done;
  }

  private void look() {
    if (closed) {
      return;
    }
    if (looksToWait > 0) {
      looksToWait--;
    } else {
      attempt(requireNonNull(node).isLeader());
    }
    loop.schedule(options.pause().toNanos(), this::look);
  }

  private void attempt(boolean copies) {
    try {
      if (copies) {
        copyNewest();
      }
      if (looksToRead-- <= 0) {
        read();
      }
      succeeded();
    } catch (IOException | RuntimeException e) {
      failed(e);
    }
    publish();
  }

  private void copyNewest() throws IOException {
    Node from = requireNonNull(node, "the archive has not begun");
    List<SnapshotMeta> kept = from.snapshots();
    if (kept.isEmpty() || kept.get(0).getIndex() <= newestIndex) {
      return;
    }
    SnapshotMeta newest = kept.get(0);
    try {
      copy(from, newest);
    } catch (IOException e) {
      read();
      if (newestIndex < newest.getIndex()) {
        throw e;
      }
      return; // another leader was faster
    }
    read();
    copies++;
    log.info("snapshot {} is in {}", newest.getId(), place);
  }

  private void copy(Node from, SnapshotMeta newest) throws IOException {
    try (SnapshotSource source = from.openSnapshot(newest.getId())) {
      place.upload(source);
    }
  }

  private void read() throws IOException {
    looksToRead = options.looksPerRead();
    List<SnapshotMeta> there = place.list();
    newestIndex = there.isEmpty() ? 0 : there.get(0).getIndex();
    oldestIndex = there.isEmpty() ? 0 : there.get(there.size() - 1).getIndex();
  }

  private void succeeded() {
    failuresInARow = 0;
    if (problem.isPresent()) {
      log.info("{} can be used again", place);
      problem = Optional.empty();
    }
  }

  private void failed(Exception e) {
    looksToWait = Math.min(LONGEST_WAIT, 1 << Math.min(failuresInARow, 10)) - 1;
    failuresInARow++;
    failures++;
    String why = e instanceof IOException ? String.valueOf(e.getMessage()) : e.toString();
    if (!closed && !problem.equals(Optional.of(why))) {
      log.warn("{} cannot be used; the log is kept, and it is tried again: {}", place, why);
      log.debug("because of", e);
    }
    problem = Optional.of(why);
  }

  private void publish() {
    status =
        new ArchiveStatus(place.toString(), newestIndex, oldestIndex, copies, failures, problem);
  }
}
