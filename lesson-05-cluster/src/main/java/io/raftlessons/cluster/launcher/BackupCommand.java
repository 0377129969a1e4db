package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.backup.BackupWriter;
import io.raftlessons.cluster.node.ClusterIdentity;
import io.raftlessons.cluster.operator.OperatorClient;
import io.raftlessons.cluster.operator.wire.SnapshotPiece;
import io.raftlessons.cluster.operator.wire.SnapshotTaken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "backup",
    description = {
      "Writes the state of the cluster, as its leader has it now, to a file.",
      "'cluster restore' begins a new cluster with it."
    })
final class BackupCommand extends BaseCommand {
  @Parameters(paramLabel = "FILE", description = "Must not exist yet.")
  private Path file = Path.of("");

  BackupCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    ClusterDirectory directory = directory();
    if (Files.exists(file)) {
      throw new CommandException(file + " exists already: give another name");
    }
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new CommandException(parent + " is no directory");
    }
    try (OperatorClient cluster = operator(control(directory).call("status", 0));
        Receiver receiver = new Receiver(ClusterIdentity.read(directory.root()))) {
      SnapshotTaken taken = cluster.takeSnapshot();
      cluster.readSnapshot(taken.getId(), receiver::take);
      receiver.finish();
      out()
          .printf(
              "%s is a backup of the cluster up to index %d: %d bytes of state%n",
              file, taken.getIndex(), taken.getSize());
      out().flush();
    } catch (IOException e) {
      throw new CommandException("no backup was made: " + e.getMessage(), e);
    }
    return 0;
  }

  private final class Receiver implements AutoCloseable {
    private final ClusterIdentity identity;
    private @Nullable BackupWriter writer;

    Receiver(ClusterIdentity identity) {
      this.identity = identity;
    }

    void take(SnapshotPiece piece) throws IOException {
      if (piece.hasMeta() == (writer != null)) {
        throw new CommandException("this is no snapshot: its pieces are in disorder");
      }
      if (writer == null) {
        writer = new BackupWriter(file, identity, piece.getMeta().toByteArray());
      } else {
        writer.write(piece.getData().asReadOnlyByteBuffer());
      }
    }

    void finish() throws IOException {
      if (writer == null) {
        throw new CommandException("the leader sent nothing");
      }
      writer.finish();
    }

    @Override
    public void close() throws IOException {
      if (writer != null) {
        writer.close();
      }
    }
  }
}
