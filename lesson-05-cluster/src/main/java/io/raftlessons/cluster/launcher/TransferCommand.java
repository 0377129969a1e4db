package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.operator.OperatorClient;
import io.raftlessons.cluster.operator.wire.MemberList;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "transfer", description = "Makes the leader hand over to another node.")
final class TransferCommand extends BaseCommand {
  @Parameters(paramLabel = "N", description = "The number of the node that is to lead.")
  private int node;

  TransferCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    String target = ClusterConfig.nodeName(requireNode(node));
    try (OperatorClient cluster = operator(control(directory()).call("status", 0))) {
      cluster.transfer(target);
      MemberList now = cluster.members();
      String result = "%s leads, term %d".formatted(now.getLeader(), now.getTerm());
      if (!now.getLeader().equals(target)) {
        throw new CommandException("the leader handed over, but " + result);
      }
      out().println(result);
    }
    return 0;
  }
}
