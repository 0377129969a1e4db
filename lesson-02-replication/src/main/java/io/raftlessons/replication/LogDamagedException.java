package io.raftlessons.replication;

import java.io.IOException;

/**
 * The log on disk is not what was written, and this is not the unfinished last write that a crash
 * leaves. Entries that were acknowledged may be lost, so the store does not open: a server that
 * went on without them could help to elect a leader that lacks committed entries.
 */
public final class LogDamagedException extends IOException {
  /** What to do, and what not, with any log that is damaged. */
  static final String ADVICE =
      "Do not delete or edit the log: acknowledged entries may be lost. Restore the file from a"
          + " copy of this disk, or remove this server from the cluster, empty its directory, and"
          + " add it again. After the removal the same id will do.";

  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;

  /**
   * @param file name on the disk
   * @param offset bytes from the start of the file; where the damage was seen
   * @param reason what is wrong there
   */
  public LogDamagedException(String file, long offset, String reason) {
    super(file + " at byte " + offset + ": " + reason + ". Nothing was changed. " + ADVICE);
    this.file = file;
    this.offset = offset;
  }

  public String file() {
    return file;
  }

  public long offset() {
    return offset;
  }
}
