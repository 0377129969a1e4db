package io.raftlessons.cluster.launcher;

import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A command about one node that the launcher carries out. */
@Command
final class NodeSubcommand extends BaseCommand {
  enum Action {
    KILL("Kills a node with SIGKILL: it has no time for a last word."),
    STOP("Stops a node in good order."),
    START("Starts a node that was killed, was stopped or has ended by itself.");

    private final String description;

    Action(String description) {
      this.description = description;
    }

    String description() {
      return description;
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Action action;

  @Parameters(paramLabel = "N", description = "The number of the node.")
  private int node;

  NodeSubcommand(Map<String, String> environment, Action action) {
    super(environment);
    this.action = action;
  }

  @Override
  public Integer call() {
    out()
        .println(
            control(directory())
                .call(action.label(), requireNode(node))
                .path("message")
                .asString(""));
    return 0;
  }
}
