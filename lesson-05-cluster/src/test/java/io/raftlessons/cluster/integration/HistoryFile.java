package io.raftlessons.cluster.integration;

import io.raftlessons.replication.history.JsonLines;
import io.raftlessons.replication.history.Operation;
import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Histories in files, and back: read as any other program would read them. */
final class HistoryFile {
  static final List<String> FIELDS =
      List.of("client", "op", "key", "value", "output", "call_ns", "return_ns", "status");

  private HistoryFile() {}

  static void write(Path file, List<Operation> history) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (Writer out = Files.newBufferedWriter(file)) {
      JsonLines.write(history, out);
    }
  }

  static List<Operation> read(Path file) throws IOException {
    JsonMapper json = new JsonMapper();
    List<Operation> history = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      JsonNode fields = json.readTree(line);
      if (!List.copyOf(fields.propertyNames()).equals(FIELDS)) {
        throw new IOException("not an operation: " + line);
      }
      history.add(operation(fields));
    }
    return history;
  }

  private static Operation operation(JsonNode fields) {
    Kind kind = Kind.valueOf(fields.path("op").asString().toUpperCase(Locale.ROOT));
    JsonNode value = fields.path("value");
    return new Operation(
        fields.path("client").asString(),
        kind,
        fields.path("key").asString(),
        kind == Kind.CAS ? text(value.path(0)) : "",
        text(kind == Kind.CAS ? value.path(1) : value),
        text(fields.path("output")),
        fields.path("call_ns").asLong(),
        fields.path("return_ns").asLong(),
        Status.valueOf(fields.path("status").asString().toUpperCase(Locale.ROOT)));
  }

  private static String text(JsonNode json) {
    return json.isNull() ? "" : json.toString();
  }
}
