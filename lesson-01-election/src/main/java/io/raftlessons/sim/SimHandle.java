package io.raftlessons.sim;

import io.raftlessons.runtime.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of a simulated disk, until it is closed or the machine goes down. */
final class SimHandle implements Disk.File {
  private final String name;
  private final SimFile file;
  private final SimDiskDevice device;
  private final long opened;
  private boolean closed;

  SimHandle(String name, SimFile file, SimDiskDevice device) {
    this.name = name;
    this.file = file;
    this.device = device;
    this.opened = device.generation();
  }

  @Override
  public long size() throws IOException {
    usable();
    return file.view().size();
  }

  @Override
  public int read(long position, ByteBuffer target) throws IOException {
    usable();
    if (position < 0) {
      throw new IllegalArgumentException("position " + position);
    }
    device.look();
    device.readMayFail(name);
    SimImage view = file.view();
    int from = (int) Math.min(view.size(), position);
    int count = Math.min(target.remaining(), view.size() - from);
    target.put(view.bytes(), from, count);
    return count;
  }

  @Override
  public void writeAt(long position, ByteBuffer source) throws IOException {
    usable();
    int from = inFile(position);
    int length = source.remaining();
    long growth = Math.max(0, inFile(position + length) - (long) file.view().size());
    int fits = (int) Math.max(0, length - growth + device.room(growth));
    long start = device.begin("write " + name);
    device.relyOn(file.settle(device.worldNow()));
    if (fits > 0) {
      byte[] data = new byte[fits];
      source.get(data);
      long before = file.view().size();
      file.write(start, from, data);
      grown(before);
    }
    device.end("write " + name);
    if (fits < length) {
      throw device.noSpace(name);
    }
  }

  @Override
  public void truncate(long size) throws IOException {
    usable();
    int newSize = inFile(size);
    long before = file.view().size();
    long start = device.begin("truncate " + name);
    if (device.room(newSize - before) < newSize - before) {
      throw device.noSpace(name);
    }
    device.relyOn(file.settle(device.worldNow()));
    file.resize(start, newSize);
    grown(before);
    device.end("truncate " + name);
  }

  private void grown(long before) {
    if (file.linked) {
      device.usedBytes += file.view().size() - before;
    }
  }

  @Override
  public void sync() throws IOException {
    usable();
    device.relyOn(file.settle(device.worldNow()));
    file.synced(device.sync(name, file));
    device.end("sync " + name);
  }

  @Override
  public void close() {
    closed = true;
  }

  private void usable() throws IOException {
    device.up();
    if (closed || opened != device.generation()) {
      throw new IOException(name + (closed ? " is closed" : " was opened before the crash"));
    }
  }

  private int inFile(long position) throws IOException {
    if (position < 0) {
      throw new IllegalArgumentException("position " + position);
    }
    if (position > SimFile.MAX_SIZE) {
      throw new IOException("file too large: " + name);
    }
    return (int) position;
  }
}
