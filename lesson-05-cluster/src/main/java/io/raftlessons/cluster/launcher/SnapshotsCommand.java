package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.backup.SnapshotBucket;
import io.raftlessons.cluster.config.ClusterConfig;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import picocli.CommandLine.Command;

@Command(
    name = "snapshots",
    description = "Shows the snapshots in S3, whether the cluster runs, is down, or is lost.")
final class SnapshotsCommand extends BaseCommand {
  SnapshotsCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws IOException {
    ClusterConfig config = config();
    try (BucketAccess access = BucketAccess.open(config, directory())) {
      SnapshotBucket bucket = access.bucket();
      Table table = new Table("ID", "INDEX", "TERM", "BYTES", "LAST WRITE");
      for (SnapshotBucket.Row row : bucket.rows()) {
        table.row(
            row.id(),
            Long.toString(row.index()),
            Long.toString(row.term()),
            Long.toString(row.size()),
            Instant.ofEpochMilli(row.timeMillis()).truncatedTo(ChronoUnit.SECONDS).toString());
      }
      out().printf("snapshots of cluster %s in %s%n%n%s", bucket.clusterName(), bucket, table);
      out().flush();
    } catch (IOException e) {
      throw new CommandException("the snapshots cannot be listed: " + e.getMessage(), e);
    }
    return 0;
  }
}
