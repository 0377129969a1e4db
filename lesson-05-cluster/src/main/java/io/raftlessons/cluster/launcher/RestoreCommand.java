package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.backup.BackupFile;
import io.raftlessons.cluster.backup.Restoration;
import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.node.ClusterIdentity;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "restore",
    description = {
      "Makes the data of a new cluster that begins with a backup, or with a snapshot in S3; 'cluster up' starts it then.",
      "The data directory must not have a cluster in it. What the old cluster wrote after the backup"
          + " is not in the new one, which has new disks and takes no message of the old one."
    })
final class RestoreCommand extends BaseCommand {
  @ArgGroup(multiplicity = "1")
  private From from = new From();

  /** Where the state comes from. */
  private static final class From {
    @Parameters(paramLabel = "FILE", description = "What 'cluster backup' wrote.")
    private @Nullable Path file;

    @Option(
        names = "--from-s3",
        description =
            "The newest snapshot in S3. The place there is the new cluster's then: what is left of"
                + " the old one cannot write there any more.")
    private boolean s3;
  }

  RestoreCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws IOException {
    ClusterDirectory directory = directory();
    requireEmpty(directory);
    try {
      Path file = from.file;
      if (from.s3 || file == null) {
        fromS3(directory);
      } else {
        fromFile(directory, file);
      }
    } catch (IOException e) {
      throw new CommandException("nothing was restored: " + e.getMessage(), e);
    }
    return 0;
  }

  private void fromFile(ClusterDirectory directory, Path file) throws IOException {
    try (BackupFile backup = BackupFile.open(file)) {
      ClusterConfig config = config();
      restore(
          directory,
          (identity, nodes) -> {
            new Restoration(config, identity).makeNodes(nodes, backup);
            return backup.index();
          },
          backup.cluster().name());
    }
  }

  private void fromS3(ClusterDirectory directory) throws IOException {
    ClusterConfig config = config();
    try (BucketAccess access = BucketAccess.open(config, directory)) {
      restore(
          directory,
          (identity, nodes) -> access.bucket().restore(config, identity, nodes).index(),
          access.bucket().clusterName());
    }
  }

  private interface Maker {
    /** Makes the nodes in this directory, and returns the index that they begin with. */
    long make(ClusterIdentity identity, Path nodes) throws IOException;
  }

  private void restore(ClusterDirectory directory, Maker maker, String oldName) throws IOException {
    ClusterConfig config = config();
    directory.create();
    long index;
    Closeable lock = directory.lock();
    try {
      requireEmpty(directory);
      ClusterIdentity identity = ClusterIdentity.create(config.clusterName()).afterBootstrap();
      index = directory.restore(identity, unfinished -> maker.make(identity, unfinished));
    } finally {
      lock.close();
    }
    String name = config.clusterName();
    out()
        .printf(
            "restored cluster %s up to index %d into %s; 'cluster up' starts it%n",
            name.equals(oldName) ? name : oldName + ", now called " + name,
            index,
            directory.root());
    out().flush();
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
