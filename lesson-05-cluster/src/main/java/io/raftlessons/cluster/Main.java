package io.raftlessons.cluster;

import io.raftlessons.cluster.launcher.ClusterCommand;
import java.io.PrintWriter;
import java.nio.charset.Charset;

/** The entry of {@code cluster}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
    PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
    int code = ClusterCommand.run(args, System.getenv(), System.in, out, err);
    out.flush();
    err.flush();
    System.exit(code);
  }
}
