package io.raftlessons.cluster.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "logs", description = "Prints the end of what a node has printed.")
final class LogsCommand extends BaseCommand {
  @Parameters(paramLabel = "N", description = "The number of the node: 1, 2 or 3.")
  private int node;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on printing until Ctrl-C.")
  private boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "COUNT",
      defaultValue = "50",
      description = "How many lines, 0 to 100000 (default ${DEFAULT-VALUE}).")
  private int lines;

  LogsCommand(Map<String, String> environment) {
    super(environment);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path file = directory().log(requireNode(node));
    if (lines < 0 || lines > 100_000) {
      throw new CommandException("--lines must be 0 to 100000, it is " + lines);
    }
    if (!Files.exists(file)) {
      throw new CommandException("there is no log at " + file);
    }
    try (LogTail tail = new LogTail(file)) {
      tail.last(lines).forEach(out()::println);
      while (follow) {
        for (String line : tail.more()) {
          out().println(line);
        }
        Thread.sleep(200);
      }
    }
    return 0;
  }
}
