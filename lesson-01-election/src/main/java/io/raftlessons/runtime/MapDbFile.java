package io.raftlessons.runtime;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.mapdb.DB;
import org.mapdb.DBMaker;

/**
 * A MapDB file that says what it holds: transactions with a write-ahead log, a file channel, no
 * memory mapping. One process has it open at a time; MapDB locks it.
 *
 * <p>MapDB opens its files itself, so what is kept in one cannot run on a {@link Disk}: such stores
 * are tested with real files and never with simulated crashes. They are not the cluster's default:
 * now and then a process that is killed ({@code kill -9}) in the middle of writing leaves a
 * write-ahead log of MapDB 3.1 that cannot be opened again. See it with {@code ./mvnw -q -Pkill9
 * -pl lesson-02-replication -am test}.
 *
 * <p>A damaged file makes MapDB fail with whatever it stumbles over, so every failure of it, errors
 * among them, becomes an IOException here. Not thread-safe.
 */
public final class MapDbFile implements Closeable {
  private static final String CONTENT = "content";
  private static final String FORMAT = "format";

  private final Path path;
  private final DB db;
  private final PoisonPill poison = new PoisonPill();
  private boolean closed;

  /**
   * Opens the file, and makes it if it is missing.
   *
   * @param path its directory must exist; MapDB puts files beside it whose names begin like it
   * @param content what the file is for; a file for something else is refused
   * @param format the version of that; another one is refused
   * @throws IOException if the file cannot be opened, is damaged, is no such file, or is in use
   */
  public MapDbFile(Path path, String content, int format) throws IOException {
    this.path = path;
    this.db =
        attempt(
            "open",
            () ->
                DBMaker.fileDB(path.toFile())
                    .transactionEnable()
                    .fileChannelEnable()
                    .concurrencyDisable()
                    .make());
    try {
      identify(content, format);
    } catch (IOException e) {
      closeAfter(e);
      throw e;
    }
  }

  /** Says in a new file what it is for, and refuses one that says something else. */
  private void identify(String content, int format) throws IOException {
    List<String> names = read(this::names);
    if (names.isEmpty()) {
      write(
          () -> {
            db.atomicString(CONTENT, content).create();
            db.atomicInteger(FORMAT, format).create();
          });
      commit();
      return;
    }
    if (!names.contains(CONTENT) || !names.contains(FORMAT)) {
      throw new IOException(path + " is a file of MapDB, but none of ours: it holds " + names);
    }
    String found = read(() -> db.atomicString(CONTENT).open().get());
    if (!content.equals(found)) {
      throw new IOException(path + " holds a " + found + " and not a " + content);
    }
    int foundFormat = read(() -> db.atomicInteger(FORMAT).open().get());
    if (foundFormat != format) {
      throw new UnknownFormatException(path.toString(), foundFormat, format);
    }
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    db.getAllNames().forEach(names::add);
    return names;
  }

  /** Closes the file because of this failure, which keeps what goes wrong in closing. */
  public void closeAfter(IOException cause) {
    try {
      close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Opens a record or a map of the database. */
  public <T> T part(Function<DB, T> open) throws IOException {
    demandUsable();
    T part = attempt("open", () -> open.apply(db));
    commit();
    return part;
  }

  /**
   * Reads.
   *
   * @throws IOException if MapDB fails, or the store was closed or poisoned before
   */
  public <T> T read(Supplier<T> read) throws IOException {
    demandUsable();
    return attempt("read", read);
  }

  /**
   * Changes something; durable after {@link #commit}.
   *
   * @throws IOException if MapDB fails; from then on every call does
   */
  public void write(Runnable change) throws IOException {
    demandUsable();
    try {
      attempt(
          "write",
          () -> {
            change.run();
            return path;
          });
    } catch (IOException e) {
      poison.swallow(e);
      throw e;
    }
  }

  /** Makes all changes durable, together. Fails as {@link #write} does. */
  public void commit() throws IOException {
    write(db::commit);
  }

  /**
   * @throws IOException if the file is closed, or a write has failed
   */
  public void demandUsable() throws IOException {
    poison.check(path.toString());
    if (closed) {
      throw new IOException(path + " is closed");
    }
  }

  private <T> T attempt(String what, Supplier<T> work) throws IOException {
    try {
      return work.get();
    } catch (RuntimeException | AssertionError | IllegalAccessError e) {
      throw new IOException("cannot " + what + " " + path + " with MapDB: " + e, e);
    }
  }

  private Path closeDb() {
    db.close();
    return path;
  }

  /** Makes all changes durable, unless a write has failed, and closes the file. Idempotent. */
  public void commitAndClose() throws IOException {
    if (closed || poison.swallowed()) {
      close();
      return;
    }
    try {
      commit();
    } catch (IOException e) {
      closeAfter(e);
      throw e;
    }
    close();
  }

  /** Closes the file; changes that were not committed are gone. Idempotent. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      attempt("close", this::closeDb);
    }
  }

  /** The file's name, for messages. */
  @Override
  public String toString() {
    return path.toString();
  }
}
