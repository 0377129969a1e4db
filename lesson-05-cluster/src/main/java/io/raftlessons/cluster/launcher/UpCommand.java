package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.node.NodeMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "up",
    description =
        "Starts the nodes, three at first, and runs until Ctrl-C, or in the background with --detach.")
final class UpCommand extends BaseCommand {
  @Option(
      names = {"-d", "--detach"},
      description = "Return when the cluster is ready; 'cluster down' ends it.")
  private boolean detach;

  @Option(
      names = NodeMain.MINE,
      arity = "0..1",
      fallbackValue = StudentParts.FINISHED,
      paramLabel = "LESSONS",
      description =
          "Run the parts that you wrote in the exercises of these lessons, as 1,2; of all that are finished if none is named.")
  private @Nullable String mine;

  @Option(names = "--background", hidden = true)
  private boolean background;

  UpCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    ClusterConfig config = config();
    if (detach) {
      new Detached(config, Optional.ofNullable(mine), out()).start();
      return 0;
    }
    Terminal terminal = new Terminal(out(), !background);
    Launcher launcher = new Launcher(config, Optional.ofNullable(mine), terminal);
    Thread hook = new Thread(launcher::close, "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      terminal.event("starting the nodes in " + config.dataDirectory());
      launcher.start();
      terminal.block(
          "the cluster is ready; Ctrl-C or 'cluster down' ends it\n\n"
              + StatusReport.urls(config, launcher.status()));
      launcher.awaitEnd();
      return 0;
    } finally {
      launcher.close();
    }
  }

  /** One line at a time, whoever prints it. */
  private static final class Terminal implements Launcher.Console {
    private final PrintWriter out;
    private final boolean withOutput;

    /**
     * @param withOutput whether to print what the nodes print; it is in their log files anyway
     */
    Terminal(PrintWriter out, boolean withOutput) {
      this.out = out;
      this.withOutput = withOutput;
    }

    @Override
    public void event(String message) {
      print("cluster | " + message);
    }

    @Override
    public void output(String node, String line) {
      if (withOutput) {
        print(node + " | " + line);
      }
    }

    void block(String text) {
      text.lines().forEach(this::event);
    }

    private synchronized void print(String line) {
      out.println(line);
    }
  }
}
