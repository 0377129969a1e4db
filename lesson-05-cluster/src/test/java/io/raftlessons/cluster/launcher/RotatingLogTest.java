package io.raftlessons.cluster.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingLogTest {
  @TempDir Path directory;

  private Path file() {
    return directory.resolve("node-1.log");
  }

  private List<String> lines(String name) throws IOException {
    return Files.readAllLines(directory.resolve(name));
  }

  @Test
  void aFullFileIsRenamedAndTheOldestDeleted() throws IOException {
    try (RotatingLog log = new RotatingLog(file(), 12, 2)) {
      for (int i = 1; i <= 7; i++) {
        log.line("line " + i);
      }
    }
    assertThat(lines("node-1.log")).containsExactly("line 7");
    assertThat(lines("node-1.log.1")).containsExactly("line 6");
    assertThat(lines("node-1.log.2")).containsExactly("line 5");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(3);
    }
  }

  @Test
  void noFileIsLargerThanAllowed() throws IOException {
    try (RotatingLog log = new RotatingLog(file(), 100, 3)) {
      for (int i = 0; i < 1000; i++) {
        log.line("x".repeat(i % 50));
      }
    }
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(4).allSatisfy(f -> assertThat(Files.size(f)).isBetween(1L, 100L));
    }
  }

  @Test
  void anExistingFileIsContinuedAndItsSizeCounts() throws IOException {
    Files.writeString(file(), "0123456789\n");
    try (RotatingLog log = new RotatingLog(file(), 16, 1)) {
      log.line("abc");
      log.line("next");
    }
    assertThat(lines("node-1.log.1")).containsExactly("0123456789", "abc");
    assertThat(lines("node-1.log")).containsExactly("next");
  }

  @Test
  void aTailGivesTheLastLinesAndFollowsIntoTheNextFile() throws IOException {
    try (RotatingLog log = new RotatingLog(file(), 20, 3)) {
      log.line("one");
      log.line("two");
      log.line("three");
      try (LogTail tail = new LogTail(file())) {
        assertThat(tail.last(2)).containsExactly("two", "three");
        assertThat(tail.more()).isEmpty();
        log.line("four");
        log.line("fills the rest");
        List<String> more = new ArrayList<>(tail.more());
        more.addAll(tail.more());
        assertThat(more).containsExactly("four", "fills the rest");
      }
    }
    assertThat(lines("node-1.log")).containsExactly("fills the rest");
  }

  @Test
  void aTailReturnsALineWhenItIsComplete() throws IOException {
    Files.writeString(file(), "all\nha");
    try (LogTail tail = new LogTail(file())) {
      assertThat(tail.last(10)).containsExactly("all");
      Files.writeString(file(), "lf\n", java.nio.file.StandardOpenOption.APPEND);
      assertThat(tail.more()).containsExactly("half");
    }
  }

  @Test
  void aLineThatIsTooLongIsCut() throws IOException {
    byte[] text = "abcdefgh\r\nij\n\nlast".getBytes(StandardCharsets.UTF_8);
    BoundedLines lines = new BoundedLines(new ByteArrayInputStream(text), 5);
    List<String> read = new ArrayList<>();
    for (String line = lines.next(); line != null; line = lines.next()) {
      read.add(line);
    }
    assertThat(read).containsExactly("abcde", "fgh", "ij", "", "last");
  }
}
