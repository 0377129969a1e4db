package io.raftlessons.runtime;

import java.io.IOException;

/**
 * A file is whole, but in a format that this release does not know. So it is not damaged, and what
 * is to be done is another thing than after damage.
 */
public final class UnknownFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param file name on the disk
   * @param found the format's version in the file
   * @param known the only version that this release reads
   */
  public UnknownFormatException(String file, int found, int known) {
    super(
        file
            + " has format "
            + found
            + ", but this program knows format "
            + known
            + ". "
            + (found > known
                ? "A newer release wrote it: start that release or a later one"
                : "It is older than all that this release can read: start the release that wrote it"
                    + " and upgrade step by step, or add the server again with an empty directory"));
  }
}
