package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.backup.BackupFile;
import io.raftlessons.cluster.backup.Restoration;
import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.node.ClusterIdentity;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "restore",
    description = {
      "Makes the data of a new cluster that begins with a backup; 'cluster up' starts it then.",
      "The data directory must not have a cluster in it. What the old cluster wrote after the backup"
          + " is not in the new one, which has new disks and takes no message of the old one."
    })
final class RestoreCommand extends BaseCommand {
  @Parameters(paramLabel = "FILE", description = "What 'cluster backup' wrote.")
  private Path file = Path.of("");

  RestoreCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws IOException {
    ClusterDirectory directory = directory();
    requireEmpty(directory);
    try (BackupFile backup = BackupFile.open(file)) {
      restore(directory, backup);
      String name = backup.cluster().name();
      out()
          .printf(
              "restored %s up to index %d into %s; 'cluster up' starts it%n",
              name.equals(config().clusterName())
                  ? "cluster " + name
                  : "cluster " + name + ", now called " + config().clusterName(),
              backup.index(),
              directory.root());
      out().flush();
    } catch (IOException e) {
      throw new CommandException("nothing was restored: " + e.getMessage(), e);
    }
    return 0;
  }

  private void restore(ClusterDirectory directory, BackupFile from) throws IOException {
    ClusterConfig config = config();
    directory.create();
    Closeable lock = directory.lock();
    try {
      requireEmpty(directory);
      ClusterIdentity identity = ClusterIdentity.create(config.clusterName()).afterBootstrap();
      Restoration nodes = new Restoration(config, identity);
      directory.restore(identity, unfinished -> nodes.makeNodes(unfinished, from));
    } finally {
      lock.close();
    }
  }

  private static void requireEmpty(ClusterDirectory directory) {
    if (directory.hasCluster()) {
      throw new CommandException(
          "%s has the data of a cluster, and nothing is overwritten: give another directory with --data, or 'cluster wipe' deletes it"
              .formatted(directory.root()));
    }
    if (!directory.nodes().isEmpty()) {
      throw new CommandException(
          "%s has the data of %s, and nothing is overwritten: give another directory with --data, or move it away"
              .formatted(directory.root(), ClusterConfig.nodeName(directory.nodes().get(0))));
    }
  }
}
