package io.raftlessons.cluster.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A bucket in memory that does all that is promised. */
final class InmemObjectStore implements ObjectStore {
  private final TreeMap<String, Found> objects = new TreeMap<>();
  private long changes;

  /** All there is, by key. */
  synchronized Map<String, Found> all() {
    return new TreeMap<>(objects);
  }

  /** Of an object that must be there. */
  synchronized byte[] bytes(String key) {
    Found found = objects.get(key);
    if (found == null) {
      throw new AssertionError("no " + key + " among " + objects.keySet());
    }
    return found.bytes();
  }

  synchronized long changes() {
    return changes;
  }

  /** Without a condition. */
  synchronized void put(String key, byte[] bytes) {
    changes++;
    objects.put(key, new Found(bytes, "\"" + changes + "\""));
  }

  @Override
  public synchronized void putIfAbsent(String key, Content content) throws ObjectStoreException {
    if (objects.containsKey(key)) {
      throw new ObjectStoreException.PreconditionFailed(key + " is there", null);
    }
    put(key, bytes(content));
  }

  @Override
  public synchronized void putIfMatch(String key, String etag, Content content)
      throws ObjectStoreException {
    Found found = objects.get(key);
    if (found == null || !found.etag().equals(etag)) {
      throw new ObjectStoreException.PreconditionFailed(key + " is another one", null);
    }
    put(key, bytes(content));
  }

  static byte[] bytes(Content content) throws ObjectStoreException {
    try (InputStream in = content.open()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ObjectStoreException.Unavailable("the content cannot be read", e);
    }
  }

  @Override
  public synchronized Found get(String key, int maxBytes) throws IOException {
    Found found = objects.get(key);
    if (found == null) {
      throw new ObjectStoreException.NotFound("no " + key, null);
    }
    if (found.bytes().length > maxBytes) {
      throw new IOException(key + " has more than " + maxBytes + " bytes");
    }
    return found;
  }

  @Override
  public InputStream read(String key, long from) throws IOException {
    byte[] bytes = get(key, Integer.MAX_VALUE).bytes();
    int at = (int) Math.min(from, bytes.length);
    return new ByteArrayInputStream(bytes, at, bytes.length - at);
  }

  @Override
  public synchronized List<String> list(String prefix) {
    return objects.keySet().stream().filter(key -> key.startsWith(prefix)).toList();
  }

  @Override
  public synchronized void delete(String key) {
    changes++;
    objects.remove(key);
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "memory";
  }
}
