package io.raftlessons.runtime;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The part of a file system that the stores are written on. Names are relative to the disk's root
 * and use {@code /}. Every call blocks, so it belongs on an I/O loop.
 *
 * <p>What is written is durable after {@link File#sync}; a name that was created, renamed or
 * deleted is durable after {@link #syncDirectory} of its directory. Until then a crash may keep any
 * part of it. After a failed sync the state of the file is unknown: the store must stop using it (a
 * second sync may succeed although the data is gone).
 */
public interface Disk {
  /**
   * Opens a file for reading and writing, and creates it if it is not there.
   *
   * @throws IOException if the directory does not exist or the file cannot be opened
   */
  File open(String name) throws IOException;

  boolean exists(String name) throws IOException;

  /**
   * Atomically gives {@code from}, a file or a directory with all that is in it, the name {@code
   * to}. A file replaces a file that has it.
   *
   * @throws IOException if there is no {@code from}, or anything else has the name {@code to}
   */
  void rename(String from, String to) throws IOException;

  /** Removes the name of a file. A missing file is not an error. */
  void delete(String name) throws IOException;

  /**
   * Removes an empty directory. A missing one is not an error.
   *
   * @throws IOException if it is not empty, or a file
   */
  void deleteDirectory(String name) throws IOException;

  /** Makes the directory and its parents, durably. An existing directory is not an error. */
  void createDirectories(String name) throws IOException;

  /** Makes every creation, rename and deletion in this directory durable. "" is the root. */
  void syncDirectory(String name) throws IOException;

  /** The names (without the directory) of the files in a directory, sorted. */
  List<String> list(String directory) throws IOException;

  /** The names (without the directory) of the directories in a directory, sorted. */
  List<String> listDirectories(String directory) throws IOException;

  /**
   * Takes an exclusive lock that ends with the process at the latest.
   *
   * @throws IOException if another process holds it; the message says so
   */
  Closeable lock(String name) throws IOException;

  /** An open file. Used by one thread at a time. */
  interface File extends Closeable {
    long size() throws IOException;

    /**
     * Reads from {@code position} until the buffer is full or the file ends.
     *
     * @return the number of bytes read; less than asked only at the end of the file, never negative
     */
    int read(long position, ByteBuffer target) throws IOException;

    /** Writes all that remains in the buffer; a gap before {@code position} reads as zeros. */
    void writeAt(long position, ByteBuffer source) throws IOException;

    /** Cuts the file to {@code size} bytes, or extends it with zeros. */
    void truncate(long size) throws IOException;

    /** Makes the content and the size durable. */
    void sync() throws IOException;
  }
}
