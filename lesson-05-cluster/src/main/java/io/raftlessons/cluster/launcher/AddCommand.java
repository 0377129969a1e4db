package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.operator.OperatorClient;
import io.raftlessons.cluster.operator.OperatorException;
import io.raftlessons.cluster.operator.wire.Changed;
import io.raftlessons.cluster.operator.wire.Member;
import io.raftlessons.cluster.operator.wire.MemberList;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    name = "add",
    description = {
      "Starts another node and adds it to the cluster.",
      "It gets the log first, and its vote when it has caught up."
    })
final class AddCommand extends BaseCommand {
  private static final long POLL_MILLIS = 200;

  @Parameters(paramLabel = "N", description = "The number of the node.")
  private int node;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "60",
      description = "How long it may take to catch up (default ${DEFAULT-VALUE}).")
  private int seconds;

  AddCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    String name = ClusterConfig.nodeName(requireNode(node));
    ControlClient launcher = control(directory());
    say(launcher.call("add", node).path("message").asString(""));
    JsonNode status = launcher.call("status", 0);
    try (OperatorClient asking = operator(status);
        OperatorClient watching = operator(status)) {
      FutureTask<Changed> adding =
          new FutureTask<>(
              () -> asking.addVoter(name, address(status, name), Duration.ofSeconds(seconds)));
      Thread thread = new Thread(adding, "add-" + name);
      thread.setDaemon(true);
      thread.start();
      String told = "";
      while (!ended(adding)) {
        String now = progress(name, watching.members());
        if (!now.isEmpty() && !now.equals(told)) {
          say(now);
        }
        told = now;
      }
      Changed changed = adding.get();
      say(
          changed.getLogged()
              ? name + " is a voter (configuration " + changed.getIndex() + ")"
              : name + " was a voter already");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OperatorException) {
        throw new CommandException(
            "%s. 'cluster add %d' goes on, 'cluster remove %d' takes it back"
                .formatted(e.getCause().getMessage(), node, node),
            e);
      }
      throw new IllegalStateException(e);
    }
    return 0;
  }

  /** Waits a little for the end; how it ended is not looked at here. */
  private static boolean ended(FutureTask<?> task) throws InterruptedException {
    try {
      task.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }

  private void say(String line) {
    out().println(line);
    out().flush();
  }

  private static String address(JsonNode status, String name) {
    for (JsonNode node : status.path("nodes")) {
      if (node.path("node").asString("").equals(name)) {
        return node.path("address").asString("");
      }
    }
    throw new CommandException(name + " is gone");
  }

  private static String progress(String name, MemberList list) {
    for (Member member : list.getMembersList()) {
      if (member.getId().equals(name) && !member.getVoter()) {
        return "%s has %d of %d entries"
            .formatted(name, member.getMatch(), member.getMatch() + member.getLag());
      }
    }
    return "";
  }
}
