package io.raftlessons.cluster.launcher;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the end of a {@link RotatingLog} and what is added to it. Not thread-safe. */
final class LogTail implements Closeable {
  private final Path file;
  private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
  private FileChannel in;
  private @Nullable Object key;

  LogTail(Path file) throws IOException {
    this.file = file;
    in = FileChannel.open(file);
    key = keyOf(file);
  }

  /** The last lines there are now. */
  List<String> last(int count) throws IOException {
    Deque<String> last = new ArrayDeque<>();
    for (List<String> lines = read(); !lines.isEmpty(); lines = read()) {
      for (String line : lines) {
        last.add(line);
        if (last.size() > count) {
          last.remove();
        }
      }
    }
    return new ArrayList<>(last);
  }

  /** The lines that were added since the last call, in a new file too if the old one was full. */
  List<String> more() throws IOException {
    List<String> lines = new ArrayList<>(read());
    if (lines.isEmpty() && rotated()) {
      in.close();
      in = FileChannel.open(file);
      key = keyOf(file);
      lines.addAll(read());
    }
    return lines;
  }

  private boolean rotated() throws IOException {
    try {
      Object now = keyOf(file);
      return now != null && !now.equals(key);
    } catch (NoSuchFileException e) {
      return false; // between the renaming of the old file and the making of the new one
    }
  }

  private static @Nullable Object keyOf(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private List<String> read() throws IOException {
    List<String> lines = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    while (lines.isEmpty() && in.read(buffer.clear()) > 0) {
      buffer.flip();
      while (buffer.hasRemaining()) {
        byte next = buffer.get();
        if (next == '\n') {
          lines.add(unfinished.toString(StandardCharsets.UTF_8));
          unfinished.reset();
        } else {
          unfinished.write(next);
        }
      }
    }
    return lines;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
