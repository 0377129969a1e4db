package io.raftlessons.cluster.s3;

import io.raftlessons.runtime.UnknownFormatException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which snapshots of a group are retained, as objects that several writers change at once.
 *
 * <p>Each change makes a new object, {@code retained_{20 digits}.json}, numbered without gaps and
 * never changed: that is put if absent, so of several writers one wins, in every store. The highest
 * holds. {@code latest.json} is a copy of it, for people and for other programs, replaced by
 * conditional writes and only by a higher version. Alone it would not do: in a store that compares
 * first and writes afterwards (s3proxy's files, for one) a late writer puts an old one back, which
 * names what has been deleted.
 *
 * <p>No write is believed before it was read back, whatever the store answered: a request that
 * failed may have been done, and may have been sent twice.
 */
final class RetainedObjects {
  static final String LATEST = "latest.json";
  private static final String RETAINED = "retained_";
  private static final Pattern VERSION = Pattern.compile(RETAINED + "[0-9]{20}\\.json");
  private static final Logger LOG = LoggerFactory.getLogger(RetainedObjects.class);

  /** Says what is to be, given what is. */
  interface Change {
    /**
     * @param current what holds; empty if there never was anything
     * @return what is to hold next; empty if there is nothing to do
     */
    Optional<Retained> after(Optional<Retained> current) throws IOException;
  }

  private final ObjectStore objects;
  private final String group;
  private final int attempts;
  private final Duration pause;

  /**
   * @param group what all keys begin with, with a slash at the end
   * @param attempts of everything that others may thwart, at least 1
   * @param pause between them, growing
   */
  RetainedObjects(ObjectStore objects, String group, int attempts, Duration pause) {
    this.objects = objects;
    this.group = group;
    this.attempts = attempts;
    this.pause = pause;
  }

  /** What holds; empty if there never was anything. */
  Optional<Retained> read() throws IOException {
    Retry retry = new Retry("reading which snapshots are retained");
    while (retry.again()) {
      List<String> versions = versions();
      String name = versions.isEmpty() ? group + LATEST : versions.get(versions.size() - 1);
      try {
        return Optional.of(Retained.decode(name, objects.get(name, Retained.MAX_BYTES).bytes()));
      } catch (ObjectStoreException.NotFound e) {
        if (versions.isEmpty()) {
          return Optional.empty();
        }
        // There is a higher one now.
        retry.failed(e);
      } catch (Retained.BrokenException e) {
        retry.failed(new IOException(name + " in " + objects + " is damaged: " + e.getMessage()));
      }
    }
    throw retry.given();
  }

  /** Only whole names: s3proxy lists what is being uploaded, with a longer one. */
  private List<String> versions() throws ObjectStoreException {
    return objects.list(group + RETAINED).stream()
        .filter(key -> VERSION.matcher(key.substring(group.length())).matches())
        .toList();
  }

  /**
   * Changes what holds, unless there is nothing to do any more.
   *
   * @return what holds then: it was read
   * @throws IOException if the change refuses, or others were always faster, or the store cannot be
   *     reached; then it may have been made
   */
  Retained change(Change change) throws IOException {
    Retry retry = new Retry("changing which snapshots are retained");
    while (retry.again()) {
      Optional<Retained> current = read();
      Optional<Retained> next = change.after(current);
      if (next.isEmpty()) {
        return current.orElseThrow();
      }
      String key = group + RETAINED + "%020d.json".formatted(next.get().version());
      try {
        objects.putIfAbsent(key, ObjectStore.Content.of(next.get().encode()));
      } catch (ObjectStoreException.PreconditionFailed | ObjectStoreException.Unavailable e) {
        retry.failed(e);
      }
    }
    throw retry.given();
  }

  /**
   * Makes {@code latest.json} say what holds. Since it looks first at the copy and then at what
   * holds, it never replaces a copy by an older one, even if it could not read that. And it looks
   * again afterwards: so it mends what a late writer, even this one, has put back.
   */
  void copyToLatest() throws IOException {
    Retry retry = new Retry("replacing " + LATEST);
    while (retry.again()) {
      Optional<ObjectStore.Found> found = latest();
      Retained current = read().orElseThrow();
      if (found.isPresent() && versionOf(found.get()) >= current.version()) {
        return;
      }
      ObjectStore.Content content = ObjectStore.Content.of(current.encode());
      try {
        if (found.isPresent()) {
          objects.putIfMatch(group + LATEST, found.get().etag(), content);
        } else {
          objects.putIfAbsent(group + LATEST, content);
        }
      } catch (ObjectStoreException.PreconditionFailed | ObjectStoreException.Unavailable e) {
        retry.failed(e);
      }
    }
    throw retry.given();
  }

  private Optional<ObjectStore.Found> latest() throws IOException {
    try {
      return Optional.of(objects.get(group + LATEST, Retained.MAX_BYTES));
    } catch (ObjectStoreException.NotFound e) {
      return Optional.empty();
    }
  }

  /** One that cannot be read has none, and is replaced. */
  private long versionOf(ObjectStore.Found latest) throws UnknownFormatException {
    try {
      return Retained.decode(group + LATEST, latest.bytes()).version();
    } catch (Retained.BrokenException e) {
      LOG.warn("{}{} in {} is replaced: {}", group, LATEST, objects, e.getMessage());
      return 0;
    }
  }

  /** Deletes the versions before this one, which was read. */
  void deleteBefore(Retained retained) throws IOException {
    String own = group + RETAINED + "%020d.json".formatted(retained.version());
    for (String key : versions()) {
      if (key.compareTo(own) < 0) {
        objects.delete(key);
      }
    }
  }

  /** Bounds a loop. */
  private final class Retry {
    private final String what;
    private int begun;
    private @Nullable IOException last;

    Retry(String what) {
      this.what = what;
    }

    boolean again() throws IOException {
      if (begun > 0 && last != null) {
        sleep(pause.toMillis() << Math.min(begun - 1, 10));
      }
      return begun++ < attempts;
    }

    void failed(IOException why) {
      last = why;
    }

    IOException given() {
      return new IOException(
          "%s in %s failed %d times. At last: %s"
              .formatted(what, objects, attempts, last == null ? "others were faster" : last),
          last);
    }
  }

  private static void sleep(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
