package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealDiskTest extends DiskContract {
  @TempDir Path directory;

  @Override
  protected Disk newDisk() throws IOException {
    return new RealDisk(directory.resolve("made/by/the/disk"));
  }

  @Test
  void theFilesAreBelowTheRoot() throws IOException {
    RealDisk disk = new RealDisk(directory.resolve("root"));
    disk.createDirectories("a");
    try (Disk.File file = disk.open("a/f")) {
      file.writeAt(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
      file.sync();
    }
    disk.syncDirectory("a");
    assertThat(Files.readAllBytes(directory.resolve("root/a/f"))).containsExactly(1, 2, 3);
  }

  @Test
  void anotherDiskFindsWhatOneLeft() throws IOException {
    Path root = directory.resolve("root");
    new RealDisk(root).open("f").close();
    assertThat(new RealDisk(root).list("")).containsExactly("f");
  }
}
