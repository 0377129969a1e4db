package io.raftlessons.course;

import java.io.IOException;
import java.util.List;

/**
 * What a submission's JVM is wrapped in: namespaces of its own, without a network, with a file
 * system that cannot be written, and in which it sees no other process. Of what the machine does
 * not allow, as much as it does.
 *
 * @param wrapper the command that runs another; empty if nothing is allowed
 */
record Sandbox(List<String> wrapper, boolean hasNoNetwork) {
  private static final List<String> ALL =
      List.of(
          "unshare",
          "-rnmp",
          "--fork",
          "--kill-child",
          "--mount-proc",
          "sh",
          "-c",
          "mount -o remount,bind,ro / && exec \"$@\"",
          "sh");
  private static final List<String> NETWORK = List.of("unshare", "-rn");

  Sandbox {
    wrapper = List.copyOf(wrapper);
  }

  static Sandbox best() throws InterruptedException {
    if (works(ALL)) {
      return new Sandbox(ALL, true);
    }
    return works(NETWORK) ? new Sandbox(NETWORK, true) : new Sandbox(List.of(), false);
  }

  private static boolean works(List<String> wrapper) throws InterruptedException {
    List<String> command = new java.util.ArrayList<>(wrapper);
    command.add("true");
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // there is no unshare
    }
  }

  /** The first line of a report. */
  String inWords() {
    if (!hasNoNetwork) {
      return "NETWORK NOT ISOLATED: unshare -rn is not allowed here";
    }
    return wrapper.size() > NETWORK.size()
        ? "Submissions ran without a network, and could not write files."
        : "Submissions ran without a network.";
  }
}
