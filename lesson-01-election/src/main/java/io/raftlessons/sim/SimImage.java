package io.raftlessons.sim;

import java.util.Arrays;

/** The bytes of a simulated file. Beyond the size all bytes of the array are zero. */
final class SimImage {
  private static final int SMALLEST = 512;

  private byte[] bytes = new byte[0];
  private int size;

  int size() {
    return size;
  }

  byte[] bytes() {
    return bytes;
  }

  void write(int position, byte[] data, int from, int length) {
    if (length == 0) {
      return;
    }
    reserve(position + length);
    System.arraycopy(data, from, bytes, position, length);
    size = Math.max(size, position + length);
  }

  void resize(int newSize) {
    if (newSize < size) {
      Arrays.fill(bytes, newSize, size, (byte) 0);
    } else {
      reserve(newSize);
    }
    size = newSize;
  }

  SimImage copy() {
    SimImage copy = new SimImage();
    copy.bytes = Arrays.copyOf(bytes, size);
    copy.size = size;
    return copy;
  }

  private void reserve(int needed) {
    if (needed > bytes.length) {
      long doubled = Math.max(SMALLEST, 2L * bytes.length);
      int capacity = (int) Math.min(Math.max(doubled, needed), SimFile.MAX_SIZE);
      bytes = Arrays.copyOf(bytes, capacity);
    }
  }
}
