package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.Main;
import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.node.NodeMain;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How this program starts itself again: with the same Java, from the same class path. */
final class NodeCommand {
  /** For processes that mostly wait: fast to start, small. */
  private static final List<String> SMALL_JVM =
      List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData");

  private NodeCommand() {}

  /**
   * A node. It is told everything by its environment, so that flags and file need not be passed on.
   */
  static ProcessBuilder node(
      ClusterConfig config, int node, boolean bootstrap, StudentParts parts) {
    // SerialGC: the heap is small and the machine shared by three. MetaspaceSize: classes alone
    // would start a full collection otherwise, in the middle of the first election. A hung JVM is
    // worse than a dead one, hence the exit on OutOfMemoryError. Perf data would be mapped to /tmp,
    // whose disk may stall every thread.
    List<String> options = new ArrayList<>();
    options.addAll(
        List.of(
            "-Xmx" + config.heap(),
            "-XX:+UseSerialGC",
            "-XX:MetaspaceSize=64m",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-UsePerfData",
            "-Dlogback.configurationFile=logback.xml"));
    options.addAll(config.jvmOptions());
    List<String> arguments = new ArrayList<>(List.of("--supervised"));
    if (bootstrap) {
      arguments.add(NodeMain.BOOTSTRAP);
    }
    String classPath = System.getProperty("java.class.path");
    if (parts.classes().isPresent()) {
      classPath = parts.classes().get() + File.pathSeparator + classPath;
      arguments.add(NodeMain.MINE + "=" + parts.numbers());
    }
    ProcessBuilder command = java(options, classPath, NodeMain.class.getName(), arguments);
    command.environment().putAll(config.environmentOf(node));
    return command;
  }

  /**
   * A launcher that runs in the background.
   *
   * @param mine what {@code --mine} says, if it was given
   * @param wrapper a program that becomes the command it is given, or none
   */
  static ProcessBuilder launcher(
      ClusterConfig config, Optional<String> mine, Optional<String> wrapper) {
    List<String> arguments = new ArrayList<>(List.of("up", "--background"));
    mine.ifPresent(lessons -> arguments.add(NodeMain.MINE + "=" + lessons));
    ProcessBuilder command =
        java(SMALL_JVM, System.getProperty("java.class.path"), Main.class.getName(), arguments);
    wrapper.ifPresent(program -> command.command().add(0, program));
    command.environment().putAll(config.environment());
    return command;
  }

  private static ProcessBuilder java(
      List<String> options, String classPath, String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(executable().toString());
    command.addAll(options);
    command.add("-cp");
    command.add(classPath);
    command.add(main);
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  /** The {@code java} that runs this. */
  private static Path executable() {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    if (!Files.isExecutable(java)) {
      throw new CommandException("there is no java to run the nodes with at " + java);
    }
    return java;
  }
}
