package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** Starts a launcher that outlives the shell, and waits until its cluster is ready. */
final class Detached {
  private static final long POLL_MILLIS = 100;

  /** Each leaves the terminal's signals behind and then becomes the command it is given. */
  private static final List<String> WRAPPERS = List.of("setsid", "nohup");

  private final ClusterConfig config;
  private final Optional<String> mine;
  private final PrintWriter out;
  private final ClusterDirectory directory;

  /**
   * @param mine what {@code --mine} says, if it was given
   */
  Detached(ClusterConfig config, Optional<String> mine, PrintWriter out) {
    this.config = config;
    this.mine = mine;
    this.out = out;
    directory = new ClusterDirectory(config.dataDirectory());
  }

  /**
   * Returns when the cluster is ready.
   *
   * @throws CommandException if it does not come up; the message is what its launcher said
   */
  void start() throws IOException, InterruptedException {
    if (control().tryCall("status", 0).isPresent()) {
      throw new CommandException("a cluster is already running in " + directory.root());
    }
    directory.create();
    Process launcher =
        NodeCommand.launcher(config, mine, wrapper())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(directory.launcherOutput().toFile())
            .start();
    do {
      Optional<JsonNode> status = readyStatus(launcher.pid());
      if (status.isPresent()) {
        out.println("the cluster is ready (launcher: pid " + launcher.pid() + ")");
        out.println();
        out.print(StatusReport.urls(config, status.get()));
        out.flush();
        return;
      }
    } while (!launcher.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS));
    throw new CommandException(said());
  }

  private Optional<JsonNode> readyStatus(long launcher) {
    try {
      return control()
          .tryCall("status", 0)
          .filter(status -> status.path("launcher_pid").asLong(0) == launcher)
          .filter(status -> status.path("ready").asBoolean(false));
    } catch (CommandException e) {
      // a launcher that gives up closes its connections; why it did is in its output
      return Optional.empty();
    }
  }

  /** The launcher's own error message, without the mark that this process will put in front. */
  private String said() throws IOException {
    String output = Files.readString(directory.launcherOutput()).strip();
    int error = output.indexOf("error: ");
    return error >= 0
        ? output.substring(error + "error: ".length())
        : "the launcher ended before the cluster was ready. It said:\n" + output;
  }

  private ControlClient control() {
    return BaseCommand.control(directory);
  }

  private static Optional<String> wrapper() {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String wrapper : WRAPPERS) {
      for (String directory : path.split(File.pathSeparator, -1)) {
        Path candidate = Path.of(directory, wrapper);
        if (Files.isExecutable(candidate)) {
          return Optional.of(candidate.toString());
        }
      }
    }
    return Optional.empty();
  }
}
