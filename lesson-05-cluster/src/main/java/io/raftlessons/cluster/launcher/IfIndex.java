package io.raftlessons.cluster.launcher;

import picocli.CommandLine.Option;

/** The option of commands that change the configuration: only if nobody else did. */
final class IfIndex {
  @Option(
      names = "--if-index",
      paramLabel = "I",
      description =
          "Only if the configuration is still that of this index, which 'cluster members' shows.")
  private long index = Long.MIN_VALUE;

  /** 0 for any. */
  long get() {
    if (index == Long.MIN_VALUE) {
      return 0;
    }
    if (index < 1) {
      throw new CommandException("--if-index must be at least 1");
    }
    return index;
  }
}
