package io.raftlessons.cluster.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.replication.history.Operation;
import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {
  @TempDir Path temporary;

  @Test
  void whatIsWrittenIsRead() throws IOException {
    List<Operation> history =
        List.of(
            new Operation("a\"b", Kind.PUT, "k", "", "\"v\\n\"", "", -5, 7, Status.OK),
            new Operation("a", Kind.GET, "k", "", "", "{\"x\":[1,null]}", 1, 2, Status.OK),
            new Operation("a", Kind.GET, "k", "", "", "", 1, 2, Status.OK),
            new Operation("a", Kind.DELETE, "k", "", "", "false", 1, 2, Status.OK),
            new Operation("a", Kind.CAS, "k", "", "1", "true", 1, 2, Status.OK),
            new Operation("a", Kind.CAS, "k", "[1,2]", "1", "", 1, 2, Status.UNKNOWN),
            new Operation("a", Kind.APPEND, "k", "", "1", "", 1, 2, Status.FAIL),
            new Operation("a", Kind.ADD, "k", "", "-1", "41", 1, Long.MAX_VALUE, Status.OK));
    Path file = temporary.resolve("new/history.jsonl");
    HistoryFile.write(file, history);
    assertThat(Files.readAllLines(file)).hasSize(history.size());
    assertThat(HistoryFile.read(file)).isEqualTo(history);
  }

  @Test
  void aFieldMoreOrLessIsSeen() throws IOException {
    Path file = temporary.resolve("history.jsonl");
    Files.writeString(file, "{\"client\":\"a\",\"op\":\"get\"}\n");
    assertThatThrownBy(() -> HistoryFile.read(file)).isInstanceOf(IOException.class);
  }
}
