package io.raftlessons.runtime;

import io.raftlessons.wire.HardState;
import java.io.IOException;

/**
 * Keeps the hard state in the file {@code hard-state} of a directory. Each save replaces the file:
 * write another, sync it, rename it, sync the directory. So a crash leaves the old state or the new
 * one, and the vote and the term of one state only.
 */
public final class FileStableStore implements StableStore {
  private static final String FILE = "hard-state";

  private final CheckedFile file;
  private final PoisonPill poison = new PoisonPill();
  private boolean closed;

  /**
   * @param directory of this disk; made if it is missing
   */
  public FileStableStore(Disk disk, String directory) throws IOException {
    this.file = new CheckedFile(disk, directory, FILE, HardStates.MAGIC, HardStates.VERSION);
    disk.createDirectories(directory);
    file.recover();
  }

  @Override
  public HardState load() throws IOException {
    check();
    byte[] payload = file.read();
    return payload == null
        ? HardState.getDefaultInstance()
        : HardStates.parse(file.name(), payload);
  }

  @Override
  public void save(HardState state) throws IOException {
    check();
    try {
      file.write(state.toByteArray());
    } catch (IOException | RuntimeException e) {
      poison.swallow(e);
      throw e;
    }
  }

  private void check() throws IOException {
    poison.check(file.name());
    if (closed) {
      throw new IOException(file.name() + " is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
