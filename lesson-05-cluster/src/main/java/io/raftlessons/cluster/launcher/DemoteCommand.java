package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.operator.OperatorClient;
import io.raftlessons.cluster.operator.wire.Changed;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "demote",
    description = {
      "Takes a node its vote. It still gets the log and answers clients.",
      "'cluster add N' gives it back."
    })
final class DemoteCommand extends BaseCommand {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Parameters(paramLabel = "N", description = "The number of the node.")
  private int node;

  @Mixin private IfIndex ifIndex = new IfIndex();

  DemoteCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    String name = ClusterConfig.nodeName(requireNode(node));
    long index = ifIndex.get();
    try (OperatorClient cluster = operator(control(directory()).call("status", 0))) {
      Changed changed = cluster.demoteVoter(name, index, TIMEOUT);
      if (changed.getStanding() == Changed.Standing.NO_MEMBER) {
        throw new CommandException(name + " does not belong to the cluster");
      }
      out()
          .println(
              changed.getLogged()
                  ? name + " has no vote any more (configuration " + changed.getIndex() + ")"
                  : name + " had no vote already");
    }
    return 0;
  }
}
