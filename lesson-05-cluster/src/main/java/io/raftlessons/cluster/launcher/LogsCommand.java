package io.raftlessons.cluster.launcher;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "logs", description = "Prints the end of what a node has printed.")
final class LogsCommand extends BaseCommand {
  private static final long LONGEST_SILENCE_MILLIS = 200;

  @Parameters(paramLabel = "N", description = "The number of the node.")
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
    ClusterDirectory directory = directory();
    Path file = directory.log(requireNode(node));
    if (lines < 0 || lines > 100_000) {
      throw new CommandException("--lines must be 0 to 100000, it is " + lines);
    }
    if (!Files.exists(file)) {
      throw new CommandException("there is no log at " + file);
    }
    try (LogTail tail = new LogTail(file)) {
      tail.last(lines).forEach(out()::println);
      if (follow) {
        follow(tail, directory.logs());
      }
    }
    return 0;
  }

  private void follow(LogTail tail, Path logs) throws IOException, InterruptedException {
    try (WatchService changes = FileSystems.getDefault().newWatchService()) {
      logs.register(changes, ENTRY_MODIFY, ENTRY_CREATE);
      while (true) {
        tail.more().forEach(out()::println);
        // where the system does not tell of changes, Java looks for them only every few seconds
        WatchKey change = changes.poll(LONGEST_SILENCE_MILLIS, TimeUnit.MILLISECONDS);
        if (change != null) {
          change.pollEvents();
          change.reset();
        }
      }
    }
  }
}
