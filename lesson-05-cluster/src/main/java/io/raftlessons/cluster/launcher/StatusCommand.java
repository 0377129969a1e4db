package io.raftlessons.cluster.launcher;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(name = "status", description = "Shows which nodes run, and who leads.")
final class StatusCommand extends BaseCommand {
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  StatusCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() {
    JsonNode report = control(directory()).call("status", 0);
    if (json) {
      out().println(((ObjectNode) report).without("ok").toPrettyString());
    } else {
      out().print(StatusReport.table(report));
      out().flush();
    }
    return 0;
  }
}
