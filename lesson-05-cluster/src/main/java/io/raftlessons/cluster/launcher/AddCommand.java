package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.operator.OperatorClient;
import io.raftlessons.cluster.operator.OperatorException;
import io.raftlessons.cluster.operator.wire.Changed;
import io.raftlessons.cluster.operator.wire.Member;
import io.raftlessons.cluster.operator.wire.MemberList;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    name = "add",
    description = {
      "Starts another node and adds it to the cluster.",
      "It gets the log first, and its vote when it has caught up.",
      "A node that belongs to the cluster without a vote gets one."
    })
final class AddCommand extends BaseCommand {
  private static final long POLL_MILLIS = 200;

  /** No node lets a caller wait longer. */
  private static final int MAX_SECONDS = 600;

  /** Then the user is told that there is no leader. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  @Parameters(paramLabel = "N", description = "The number of the node.")
  private int node;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "60",
      description = "How long it may take to catch up, at most 600 (default ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(names = "--nonvoter", description = "It gets the log, and no vote.")
  private boolean nonvoter;

  @Mixin private IfIndex ifIndex = new IfIndex();

  AddCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    String name = ClusterConfig.nodeName(requireNode(node));
    long index = ifIndex.get();
    if (seconds < 1 || seconds > MAX_SECONDS) {
      throw new CommandException("--seconds must be from 1 to " + MAX_SECONDS);
    }
    ControlClient launcher = control(directory());
    say(launcher.call("add", node).path("message").asString(""));
    JsonNode status = launcher.call("status", 0);
    try (OperatorClient asking = operator(status);
        OperatorClient watching = operator(status)) {
      String address = address(status, name);
      Duration time = Duration.ofSeconds(seconds);
      FutureTask<Changed> adding =
          new FutureTask<>(
              () ->
                  nonvoter
                      ? asking.addNonvoter(name, address, index, time)
                      : asking.addVoter(name, address, index, time));
      Thread thread = new Thread(adding, "add-" + name);
      thread.setDaemon(true);
      thread.start();
      String seen = watch(name, adding, watching);
      conclude(name, adding, seen);
    }
    return 0;
  }

  /**
   * Shows the progress until the addition has ended, well or not. That there is no leader now does
   * not end it.
   *
   * @return what was seen last
   */
  private String watch(String name, FutureTask<Changed> adding, OperatorClient cluster)
      throws InterruptedException {
    String seen = name + " was not seen";
    String told = "";
    while (!ended(adding)) {
      String now;
      try {
        MemberList members = cluster.members(LOOK);
        seen = standing(name, members);
        now = progress(name, members);
      } catch (OperatorException e) {
        now = "no leader answers; waiting for one, %d s in all at most".formatted(seconds);
      }
      if (!now.isEmpty() && !now.equals(told)) {
        say(now);
      }
      told = now;
    }
    return seen;
  }

  private void conclude(String name, FutureTask<Changed> adding, String seen)
      throws InterruptedException {
    try {
      Changed changed = adding.get();
      boolean votes = changed.getStanding() == Changed.Standing.VOTER;
      if (votes && nonvoter) {
        throw new CommandException(
            "%s is a voter and keeps its vote; 'cluster demote %d' takes it".formatted(name, node));
      }
      String what = votes ? "voter" : "nonvoter";
      say(
          changed.getLogged()
              ? "%s is a %s (configuration %d)".formatted(name, what, changed.getIndex())
              : "%s was a %s already".formatted(name, what));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OperatorException) {
        throw new CommandException(
            "%s. %s. 'cluster add %d%s' goes on, 'cluster remove %d' takes it back"
                .formatted(
                    e.getCause().getMessage(), seen, node, nonvoter ? " --nonvoter" : "", node),
            e);
      }
      throw new IllegalStateException(e);
    }
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

  private static Optional<Member> find(String name, MemberList list) {
    return list.getMembersList().stream().filter(m -> m.getId().equals(name)).findFirst();
  }

  private static String progress(String name, MemberList list) {
    return find(name, list)
        .filter(member -> !member.getVoter())
        .map(member -> name + " has " + entries(member))
        .orElse("");
  }

  private static String standing(String name, MemberList list) {
    return find(name, list)
            .map(
                member ->
                    "%s was last seen as a %s with %s"
                        .formatted(name, member.getVoter() ? "voter" : "nonvoter", entries(member)))
            .orElse(name + " was last seen as no member")
        + " (configuration "
        + list.getConfigurationIndex()
        + ")";
  }

  private static String entries(Member member) {
    return "%d of %d entries".formatted(member.getMatch(), member.getMatch() + member.getLag());
  }
}
