package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ConfigException;
import io.raftlessons.cluster.config.Setting;
import io.raftlessons.cluster.config.SettingFlags;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.operator.OperatorException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code cluster} and its subcommands. Exit codes: 0 done, 1 could not, 2 wrong usage. */
@Command(
    name = "cluster",
    description = "Runs a cluster of servers on this machine; three to begin with.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "'cluster COMMAND --help' explains a command."})
public final class ClusterCommand {
  /** Settings of one process; the launcher's business. */
  private static final List<Setting> OF_A_NODE =
      List.of(Settings.NODE_NAME, Settings.FORCE_NODE_ID);

  /** What commands need that only talk to a launcher. */
  private static final List<Setting> OF_ALL = List.of(Settings.CONFIG_FILE, Settings.DATA_DIR);

  /** Those that begin a cluster, and so need to know all of it. */
  private static final List<String> TAKE_ALL = List.of("up", "snapshots", "restore");

  private ClusterCommand() {}

  /**
   * Runs a command line and returns its exit code.
   *
   * @param in where the answers to questions come from; its end is a no
   */
  public static int run(
      String[] args,
      Map<String, String> environment,
      InputStream in,
      PrintWriter out,
      PrintWriter err) {
    CommandLine cluster = new CommandLine(new ClusterCommand());
    SettingFlags.addHelp(cluster.getCommandSpec());
    cluster.addSubcommand(new UpCommand(environment));
    cluster.addSubcommand(new StatusCommand(environment));
    for (NodeSubcommand.Action action : NodeSubcommand.Action.values()) {
      CommandLine command = new CommandLine(new NodeSubcommand(environment, action));
      command.getCommandSpec().usageMessage().description(action.description());
      cluster.addSubcommand(action.label(), command);
    }
    cluster.addSubcommand(new MembersCommand(environment));
    cluster.addSubcommand(new AddCommand(environment));
    cluster.addSubcommand(new DemoteCommand(environment));
    cluster.addSubcommand(new RemoveCommand(environment));
    cluster.addSubcommand(new TransferCommand(environment));
    cluster.addSubcommand(new SnapshotCommand(environment));
    cluster.addSubcommand(new SnapshotsCommand(environment));
    cluster.addSubcommand(new BackupCommand(environment));
    cluster.addSubcommand(new RestoreCommand(environment));
    cluster.addSubcommand(new LogsCommand(environment));
    cluster.addSubcommand(new DownCommand(environment));
    cluster.addSubcommand(new RecoverCommand(environment, in));
    cluster.addSubcommand(new WipeCommand(environment, in));
    cluster
        .getSubcommands()
        .forEach(
            (name, command) -> {
              List<Setting> settings =
                  TAKE_ALL.contains(name)
                      ? Settings.ALL.stream().filter(s -> !OF_A_NODE.contains(s)).toList()
                      : OF_ALL;
              SettingFlags.addHelp(command.getCommandSpec());
              SettingFlags.add(command.getCommandSpec(), settings);
            });
    cluster.setOut(out);
    cluster.setErr(err);
    cluster.setParameterExceptionHandler(ClusterCommand::usage);
    cluster.setExecutionExceptionHandler(ClusterCommand::failed);
    if (args.length == 0) {
      cluster.usage(err);
      return CommandLine.ExitCode.USAGE;
    }
    return cluster.execute(args);
  }

  private static int usage(CommandLine.ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    command.getErr().println("error: " + e.getMessage());
    command.getErr().println("see '" + command.getCommandSpec().qualifiedName() + " --help'");
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (e instanceof CommandException
        || e instanceof ConfigException
        || e instanceof OperatorException) {
      command.getErr().println("error: " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    throw e;
  }
}
