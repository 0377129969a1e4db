package io.raftlessons.cluster.launcher;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

@Command(name = "down", description = "Stops all nodes, and the launcher, and waits for their end.")
final class DownCommand extends BaseCommand {
  private static final int LAUNCHER_END_SECONDS = 10;

  DownCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    ClusterDirectory directory = directory();
    ControlClient control = control(directory);
    long launcher = control.call("status", 0).path("launcher_pid").asLong(0);
    JsonNode answer = control.call("down", 0);
    Optional<ProcessHandle> process = ProcessHandle.of(launcher);
    if (process.isPresent()) {
      try {
        process.get().onExit().get(LAUNCHER_END_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException | ExecutionException e) {
        throw new CommandException(
            "the nodes are stopped, but the launcher (pid " + launcher + ") has not ended", e);
      }
    }
    out().println(answer.path("message").asString(""));
    return 0;
  }
}
