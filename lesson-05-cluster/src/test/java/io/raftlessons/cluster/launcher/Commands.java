package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.Setting;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.config.Settings.Listener;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs commands in this process, on a data directory and ports of their own. */
public final class Commands {
  /** What a command left. */
  public record Result(int code, String out, String err) {}

  private static final String DESTINATION = "RAFT_WORKER__SNAPSHOTS__DESTINATION";
  private static final String S3_PORT = "S3_PORT_OVERRIDE";

  public final Map<String, String> environment = new TreeMap<>();

  public Commands(Path data) throws IOException {
    environment.put(Settings.DATA_DIR.variable(), data.toString());
    environment.putAll(freePorts());
    environment.put(DESTINATION, "none");
  }

  /** From now on snapshots go to S3, as they do if nothing is said. */
  void useS3() {
    environment.remove(DESTINATION);
  }

  /** Where the launcher's S3 store listens. */
  int s3Port() {
    return Integer.parseInt(environment.get(S3_PORT));
  }

  /** With nobody there to answer questions. */
  public Result run(String... arguments) {
    return answering("", arguments);
  }

  /** With what is typed at the terminal. */
  Result answering(String typed, String... arguments) {
    return run(typed, new StringWriter(), arguments);
  }

  private Result run(String typed, StringWriter out, String... arguments) {
    StringWriter err = new StringWriter();
    int code =
        ClusterCommand.run(
            arguments,
            environment,
            new ByteArrayInputStream(typed.getBytes(Charset.defaultCharset())),
            new PrintWriter(out),
            new PrintWriter(err));
    return new Result(code, out.toString(), err.toString());
  }

  /** Another thread reads what it prints while it runs. */
  Result printingTo(StringWriter out, String... arguments) {
    return run("", out, arguments);
  }

  public int port(int node, Listener listener) {
    return Integer.parseInt(environment.get(Settings.port(node, listener).variable()));
  }

  /** Distinct, because all are held until the last is found. */
  private static Map<String, String> freePorts() throws IOException {
    Map<String, String> ports = new TreeMap<>();
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int node = 1; node <= Settings.MAX_NODES; node++) {
        for (Listener listener : Listener.values()) {
          Setting setting = Settings.port(node, listener);
          ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          held.add(socket);
          ports.put(setting.variable(), Integer.toString(socket.getLocalPort()));
        }
      }
      ServerSocket s3 = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      held.add(s3);
      ports.put(S3_PORT, Integer.toString(s3.getLocalPort()));
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
    return ports;
  }
}
