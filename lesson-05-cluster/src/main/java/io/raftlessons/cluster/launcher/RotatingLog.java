package io.raftlessons.cluster.launcher;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A log file of bounded size: when it is full it is renamed to {@code NAME.1}, that to {@code
 * NAME.2}, and so on; the oldest is deleted. Thread-safe.
 */
final class RotatingLog implements Closeable {
  private final Path file;
  private final long maxBytes;
  private final int kept;
  private OutputStream out;
  private long size;

  /**
   * Opens the file for appending.
   *
   * @param kept how many closed files stay, 1 or more
   */
  RotatingLog(Path file, long maxBytes, int kept) throws IOException {
    this.file = file;
    this.maxBytes = maxBytes;
    this.kept = kept;
    out = open();
    size = Files.size(file);
  }

  /** Appends a line. It can be read at once. */
  synchronized void line(String text) throws IOException {
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    if (size > 0 && size + bytes.length > maxBytes) {
      rotate();
    }
    out.write(bytes);
    size += bytes.length;
  }

  private void rotate() throws IOException {
    out.close();
    for (int n = kept - 1; n >= 1; n--) {
      if (Files.exists(closed(n))) {
        Files.move(closed(n), closed(n + 1), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.move(file, closed(1), StandardCopyOption.REPLACE_EXISTING);
    out = open();
    size = 0;
  }

  private Path closed(int n) {
    return file.resolveSibling(file.getFileName() + "." + n);
  }

  private OutputStream open() throws IOException {
    return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
