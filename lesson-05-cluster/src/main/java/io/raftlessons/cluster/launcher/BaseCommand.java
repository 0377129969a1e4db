package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.ConfigLoader;
import io.raftlessons.cluster.config.SettingFlags;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.operator.OperatorClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.databind.JsonNode;

/** What all subcommands have. */
abstract class BaseCommand implements Callable<Integer> {
  /** Longer than any setting lets the launcher take. */
  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(11);

  private final Map<String, String> environment;

  @CommandLine.Spec private CommandSpec spec = CommandSpec.create();

  BaseCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  final ClusterConfig config() {
    return ConfigLoader.load(SettingFlags.given(spec), environment);
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final ClusterDirectory directory() {
    return new ClusterDirectory(config().dataDirectory());
  }

  static ControlClient control(ClusterDirectory directory) {
    return new ControlClient(directory, ANSWER_LIMIT);
  }

  /**
   * To ask the leader of the cluster that runs.
   *
   * @param status what its launcher says
   */
  static OperatorClient operator(JsonNode status) {
    List<String> addresses = new ArrayList<>();
    for (JsonNode node : status.path("nodes")) {
      if (node.path("state").asString("").equals("running")) {
        addresses.add(node.path("address").asString(""));
      }
    }
    if (addresses.isEmpty()) {
      throw new CommandException("no node is running; 'cluster start N' starts one");
    }
    long cluster = Long.parseUnsignedLong(status.path("fingerprint").asString(""), 16);
    return new OperatorClient(cluster, addresses);
  }

  /** Asks whoever sits at the terminal. */
  final boolean confirmed(InputStream in, String question) throws IOException {
    out().print(question + " [y/N] ");
    out().flush();
    BufferedReader answers =
        new BufferedReader(new InputStreamReader(in, Charset.defaultCharset()));
    String answer = answers.readLine();
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
  }

  static int requireNode(int node) {
    if (node < 1 || node > Settings.MAX_NODES) {
      throw new CommandException(
          "there is no node " + node + "; there are 1 to " + Settings.MAX_NODES);
    }
    return node;
  }
}
