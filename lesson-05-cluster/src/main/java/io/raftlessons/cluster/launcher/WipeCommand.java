package io.raftlessons.cluster.launcher;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "wipe",
    description = {
      "Deletes the data directory of a cluster that does not run.",
      "That is also the S3 store that 'cluster up' runs, with all snapshots in it. What is in"
          + " another S3 store, or in a backup file, stays."
    })
final class WipeCommand extends BaseCommand {
  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  private final InputStream in;

  WipeCommand(Map<String, String> environment, InputStream in) {
    super(environment);
    this.in = in;
  }

  @Override
  public Integer call() throws IOException {
    ClusterDirectory directory = directory();
    if (!directory.hasCluster()) {
      throw new CommandException("there is no cluster's data in " + directory.root());
    }
    Closeable lock = directory.lock();
    try {
      directory.requireOwn();
      if (!yes && !confirmed(in, question(directory))) {
        throw new CommandException("nothing was deleted");
      }
      List<String> left = directory.wipe();
      out().println("deleted the cluster's data in " + directory.root());
      if (!left.isEmpty()) {
        out().println("left what is not the cluster's: " + String.join(", ", left));
      }
    } finally {
      lock.close();
    }
    return 0;
  }

  private static String question(ClusterDirectory directory) {
    return "Delete all data of the cluster in %s%s?"
        .formatted(
            directory.root(), directory.hasS3Store() ? ", and all snapshots in its S3 store" : "");
  }
}
