package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every disk does as long as nothing goes wrong. */
public abstract class DiskContract {
  private Disk disk;

  protected abstract Disk newDisk() throws IOException;

  @BeforeEach
  void makeDisk() throws IOException {
    disk = newDisk();
    disk.createDirectories("d/e");
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    write("d/f", 0, "hello world");
    write("d/f", 6, "there");
    assertThat(content("d/f")).isEqualTo("hello there");
  }

  @Test
  void readsPartsAndStopsAtTheEnd() throws IOException {
    write("f", 0, "0123456789");
    try (Disk.File file = disk.open("f")) {
      ByteBuffer four = ByteBuffer.allocate(4);
      assertThat(file.read(3, four)).isEqualTo(4);
      assertThat(new String(four.array(), StandardCharsets.UTF_8)).isEqualTo("3456");
      assertThat(file.read(8, four.clear())).isEqualTo(2);
      assertThat(four.position()).isEqualTo(2);
      assertThat(file.read(10, four.clear())).isZero();
      assertThat(file.read(1_000_000, four.clear())).isZero();
      assertThat(file.read(0, ByteBuffer.allocate(0))).isZero();
      assertThatIllegalArgumentException().isThrownBy(() -> file.read(-1, four.clear()));
      assertThatIllegalArgumentException().isThrownBy(() -> file.writeAt(-1, four.clear()));
    }
  }

  @Test
  void writesOnlyWhatRemainsInTheBufferAndConsumesIt() throws IOException {
    ByteBuffer source = ByteBuffer.wrap("xxhelloyy".getBytes(StandardCharsets.UTF_8), 2, 5);
    try (Disk.File file = disk.open("f")) {
      file.writeAt(0, source);
      assertThat(file.size()).isEqualTo(5);
    }
    assertThat(source.hasRemaining()).isFalse();
    assertThat(content("f")).isEqualTo("hello");
  }

  @Test
  void aGapReadsAsZeros() throws IOException {
    write("f", 0, "a");
    write("f", 3, "b");
    assertThat(content("f")).isEqualTo("a\0\0b");
  }

  @Test
  void truncateCutsAndExtendsWithZeros() throws IOException {
    write("f", 0, "abcdef");
    try (Disk.File file = disk.open("f")) {
      file.truncate(2);
      assertThat(file.size()).isEqualTo(2);
      file.truncate(4);
      assertThat(file.size()).isEqualTo(4);
    }
    assertThat(content("f")).isEqualTo("ab\0\0");
    try (Disk.File file = disk.open("f")) {
      file.truncate(0);
      file.truncate(3000);
      file.sync();
    }
    assertThat(content("f")).isEqualTo("\0".repeat(3000));
  }

  @Test
  void twoHandlesSeeOneFile() throws IOException {
    try (Disk.File one = disk.open("f");
        Disk.File two = disk.open("f")) {
      one.writeAt(0, ByteBuffer.wrap(new byte[] {7, 8}));
      ByteBuffer read = ByteBuffer.allocate(2);
      assertThat(two.read(0, read)).isEqualTo(2);
      assertThat(read.array()).containsExactly(7, 8);
    }
  }

  @Test
  void openCreatesAFileButNoDirectory() throws IOException {
    assertThat(disk.exists("d/f")).isFalse();
    disk.open("d/f").close();
    assertThat(disk.exists("d/f")).isTrue();
    assertThatIOException().isThrownBy(() -> disk.open("nowhere/f"));
  }

  @Test
  void renameReplaces() throws IOException {
    write("d/a", 0, "new");
    write("d/b", 0, "a longer old one");
    disk.rename("d/a", "d/b");
    disk.syncDirectory("d");
    assertThat(content("d/b")).isEqualTo("new");
    assertThat(disk.list("d")).containsExactly("b");
    assertThatIOException().isThrownBy(() -> disk.rename("d/a", "d/c"));
  }

  @Test
  void renameStaysInsideADirectory() throws IOException {
    write("d/a", 0, "a");
    assertThatIllegalArgumentException().isThrownBy(() -> disk.rename("d/a", "a"));
    assertThat(disk.exists("d/a")).isTrue();
  }

  @Test
  void aDirectoryIsRenamedWithAllThatIsInIt() throws IOException {
    write("d/e/f", 0, "inside");
    try (Disk.File file = disk.open("d/e/f")) {
      disk.rename("d/e", "d/g");
      file.writeAt(0, ByteBuffer.wrap("I".getBytes(StandardCharsets.UTF_8)));
    }
    disk.syncDirectory("d");
    assertThat(content("d/g/f")).isEqualTo("Inside");
    assertThat(disk.exists("d/e")).isFalse();
    assertThat(disk.listDirectories("d")).containsExactly("g");
    disk.createDirectories("d/e");
    assertThat(disk.list("d/e")).isEmpty();
  }

  @Test
  void aDirectoryTakesTheNameOfNothingElse() throws IOException {
    write("d/f", 0, "a file");
    disk.createDirectories("d/empty");
    assertThatIOException().isThrownBy(() -> disk.rename("d/e", "d/empty"));
    assertThatIOException().isThrownBy(() -> disk.rename("d/e", "d/f"));
    assertThatIOException().isThrownBy(() -> disk.rename("d/f", "d/e"));
    assertThatIOException().isThrownBy(() -> disk.rename("d/missing", "d/new"));
    disk.rename("d/e", "d/e");
    assertThat(disk.listDirectories("d")).containsExactly("e", "empty");
    assertThat(content("d/f")).isEqualTo("a file");
  }

  @Test
  void anEmptyDirectoryCanBeDeleted() throws IOException {
    write("d/e/f", 0, "x");
    assertThatIOException().isThrownBy(() -> disk.deleteDirectory("d/e"));
    assertThatIOException().isThrownBy(() -> disk.deleteDirectory("d"));
    assertThatIOException().isThrownBy(() -> disk.deleteDirectory("d/e/f"));
    disk.delete("d/e/f");
    disk.deleteDirectory("d/e");
    disk.deleteDirectory("d/e");
    disk.deleteDirectory("nowhere/e");
    assertThat(disk.exists("d/e")).isFalse();
    assertThatIOException().isThrownBy(() -> disk.list("d/e"));
    disk.createDirectories("d/e");
    assertThat(disk.list("d/e")).isEmpty();
  }

  @Test
  void anOpenFileIsTheSameFileUnderItsNewName() throws IOException {
    try (Disk.File file = disk.open("a")) {
      disk.rename("a", "b");
      file.writeAt(0, ByteBuffer.wrap("x".getBytes(StandardCharsets.UTF_8)));
    }
    assertThat(content("b")).isEqualTo("x");
  }

  @Test
  void deleteRemovesAFileAndToleratesAMissingOne() throws IOException {
    write("d/a", 0, "a");
    disk.delete("d/a");
    disk.delete("d/a");
    disk.delete("nowhere/a");
    assertThat(disk.exists("d/a")).isFalse();
    write("d/a", 0, "b");
    assertThat(content("d/a")).isEqualTo("b");
    assertThatIOException().isThrownBy(() -> disk.delete("d/e"));
  }

  @Test
  void listsFilesSortedWithoutDirectories() throws IOException {
    for (String name : new String[] {"d/b", "d/a", "d/c.tmp", "d/e/inner", "outer"}) {
      disk.open(name).close();
    }
    assertThat(disk.list("d")).containsExactly("a", "b", "c.tmp");
    assertThat(disk.list("")).containsExactly("outer");
    assertThat(disk.listDirectories("")).containsExactly("d");
    assertThat(disk.listDirectories("d")).containsExactly("e");
    assertThat(disk.listDirectories("d/e")).isEmpty();
    assertThatIOException().isThrownBy(() -> disk.list("nowhere"));
    assertThatIOException().isThrownBy(() -> disk.listDirectories("nowhere"));
    assertThatIOException().isThrownBy(() -> disk.syncDirectory("nowhere"));
  }

  @Test
  void makesDirectoriesWithTheirParentsAgainAndAgain() throws IOException {
    disk.createDirectories("x/y/z");
    disk.createDirectories("x/y/z");
    disk.createDirectories("");
    disk.syncDirectory("x/y");
    disk.syncDirectory("");
    assertThat(disk.exists("x/y")).isTrue();
    disk.open("x/y/z/f").close();
    assertThatIOException().isThrownBy(() -> disk.createDirectories("x/y/z/f"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/f", "..", "../f", "d/../f", "d//f", "d/", ".", "d\\f", "c:f", "a\0b"})
  void refusesNamesThatCouldLeadElsewhere(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> disk.open(name));
    assertThatIllegalArgumentException().isThrownBy(() -> disk.delete(name));
    assertThatIllegalArgumentException().isThrownBy(() -> disk.rename("d/f", name));
    assertThatIllegalArgumentException().isThrownBy(() -> disk.deleteDirectory(name));
    if (!name.isEmpty()) {
      assertThatIllegalArgumentException().isThrownBy(() -> disk.list(name));
      assertThatIllegalArgumentException().isThrownBy(() -> disk.listDirectories(name));
      assertThatIllegalArgumentException().isThrownBy(() -> disk.createDirectories(name));
    }
  }

  @Test
  void oneHoldsALockAtATime() throws IOException {
    Closeable lock = disk.lock("d/lock");
    assertThatIOException()
        .isThrownBy(() -> disk.lock("d/lock"))
        .withMessageContaining("in use by another process")
        .withMessageContaining("d");
    disk.lock("d/e/lock").close();
    lock.close();
    disk.lock("d/lock").close();
    assertThat(disk.list("d")).containsExactly("lock");
  }

  @Test
  void aClosedFileIsClosed() throws IOException {
    Disk.File file = disk.open("f");
    file.close();
    file.close();
    assertThatIOException().isThrownBy(file::size);
    assertThatIOException().isThrownBy(() -> file.writeAt(0, ByteBuffer.allocate(1)));
  }

  private void write(String name, long position, String text) throws IOException {
    try (Disk.File file = disk.open(name)) {
      file.writeAt(position, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      file.sync();
    }
  }

  private String content(String name) throws IOException {
    try (Disk.File file = disk.open(name)) {
      ByteBuffer all = ByteBuffer.allocate((int) file.size());
      assertThat(file.read(0, all)).isEqualTo(all.capacity());
      return new String(all.array(), StandardCharsets.UTF_8);
    }
  }
}
