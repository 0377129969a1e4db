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
    name = "remove",
    description = "Removes a node, dead or alive, from the cluster; stops it and deletes its data.")
final class RemoveCommand extends BaseCommand {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Parameters(paramLabel = "N", description = "The number of the node.")
  private int node;

  @Mixin private IfIndex ifIndex = new IfIndex();

  RemoveCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    String name = ClusterConfig.nodeName(requireNode(node));
    long index = ifIndex.get();
    ControlClient launcher = control(directory());
    try (OperatorClient cluster = operator(launcher.call("status", 0))) {
      Changed changed = cluster.removeServer(name, index, TIMEOUT);
      out()
          .println(
              changed.getLogged()
                  ? name + " is removed (configuration " + changed.getIndex() + ")"
                  : name + " did not belong to the cluster");
    }
    out().println(launcher.call("remove", node).path("message").asString(""));
    return 0;
  }
}
