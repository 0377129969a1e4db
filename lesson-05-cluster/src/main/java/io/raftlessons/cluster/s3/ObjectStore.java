package io.raftlessons.cluster.s3;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * What snapshots need of a bucket. An object is seen as a whole or not at all, and by everybody as
 * soon as its writer was told that it is there: also in lists.
 *
 * <p>{@link #putIfAbsent} must be atomic: of several writers of a key one succeeds. {@link
 * #putIfMatch} may be less: there are stores that compare first and write afterwards.
 *
 * <p>Blocking; thread-safe. A request ends within bounds, and was tried a few times when it fails
 * with {@link ObjectStoreException.Unavailable}.
 */
public interface ObjectStore extends Closeable {
  /** What is to be stored. It can be read several times. */
  interface Content {
    /** Bytes. */
    long length();

    /** A new stream of all of it, closed by who reads it. */
    InputStream open() throws IOException;

    static Content of(byte[] bytes) {
      return new Content() {
        @Override
        public long length() {
          return bytes.length;
        }

        @Override
        public InputStream open() {
          return new ByteArrayInputStream(bytes);
        }
      };
    }
  }

  /**
   * A small object.
   *
   * @param etag stands for this content; opaque
   */
  record Found(byte[] bytes, String etag) {}

  /**
   * Stores an object under a key that has none.
   *
   * @throws ObjectStoreException.PreconditionFailed if it has one
   */
  void putIfAbsent(String key, Content content) throws ObjectStoreException;

  /**
   * Replaces an object.
   *
   * @param etag of the one that is to be there
   * @throws ObjectStoreException.PreconditionFailed if it is not there
   */
  void putIfMatch(String key, String etag, Content content) throws ObjectStoreException;

  /**
   * Reads a small object.
   *
   * @throws ObjectStoreException.NotFound if there is none
   * @throws IOException also if it has more than {@code maxBytes}
   */
  Found get(String key, int maxBytes) throws IOException;

  /**
   * Reads an object from a byte on; from its end on there is nothing. The stream may end early, as
   * a connection may: whoever reads it knows how long the object is to be.
   *
   * @throws ObjectStoreException.NotFound if there is none
   */
  InputStream read(String key, long from) throws IOException;

  /** The keys that begin so, sorted. */
  List<String> list(String prefix) throws ObjectStoreException;

  /** Removes an object. A missing one is not an error. */
  void delete(String key) throws ObjectStoreException;
}
