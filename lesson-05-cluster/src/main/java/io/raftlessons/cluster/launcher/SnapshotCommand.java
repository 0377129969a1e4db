package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.operator.OperatorClient;
import io.raftlessons.cluster.operator.wire.SnapshotTaken;
import java.util.Map;
import picocli.CommandLine.Command;

@Command(name = "snapshot", description = "Makes the leader take a snapshot now.")
final class SnapshotCommand extends BaseCommand {
  SnapshotCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    try (OperatorClient cluster = operator(control(directory()).call("status", 0))) {
      SnapshotTaken taken = cluster.takeSnapshot();
      out()
          .printf(
              "snapshot %s, index %d, %d bytes%n",
              taken.getId(), taken.getIndex(), taken.getSize());
      if (!taken.getNotArchived().isEmpty()) {
        throw new CommandException(
            "it was taken, but it is not in %s: %s. It will be tried again"
                .formatted(taken.getArchive(), taken.getNotArchived()));
      }
      if (!taken.getArchive().isEmpty()) {
        out().println("in " + taken.getArchive());
      }
      out().flush();
    }
    return 0;
  }
}
