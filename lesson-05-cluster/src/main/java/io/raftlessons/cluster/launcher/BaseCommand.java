package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.ConfigLoader;
import io.raftlessons.cluster.config.SettingFlags;
import io.raftlessons.cluster.config.Settings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

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

  static int requireNode(int node) {
    if (node < 1 || node > Settings.FIRST_NODES) {
      throw new CommandException(
          "there is no node " + node + "; there are 1 to " + Settings.FIRST_NODES);
    }
    return node;
  }
}
