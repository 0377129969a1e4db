package io.raftlessons.replication.history;

import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import io.raftlessons.replication.keyvalue.JsonText;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * A history as text for other checkers: one operation a line, a JSON object with the fields client,
 * op, key, value, output, call_ns, return_ns and status, always all and in this order. {@code
 * value} and {@code output} are JSON values, {@code null} for none; the value of a compare-and-set
 * is {@code [expected, new]}. Status is ok, fail (surely no effect) or unknown.
 */
public final class JsonLines {
  private JsonLines() {}

  /** Writes a history, in its order. */
  public static void write(List<Operation> history, Appendable out) throws IOException {
    for (Operation operation : history) {
      out.append(line(operation)).append('\n');
    }
  }

  private static String line(Operation operation) {
    return "{\"client\":"
        + JsonText.quote(operation.client())
        + ",\"op\":\""
        + name(operation.kind())
        + "\",\"key\":"
        + JsonText.quote(operation.key())
        + ",\"value\":"
        + (operation.kind() == Kind.CAS
            ? "[" + orNull(operation.expect()) + "," + orNull(operation.value()) + "]"
            : orNull(operation.value()))
        + ",\"output\":"
        + orNull(operation.output())
        + ",\"call_ns\":"
        + operation.callNanos()
        + ",\"return_ns\":"
        + operation.returnNanos()
        + ",\"status\":\""
        + name(operation.status())
        + "\"}";
  }

  static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static String name(Status status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  private static String orNull(String json) {
    return json.isEmpty() ? "null" : json;
  }
}
