package io.raftlessons.cluster.s3;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A bucket as it should not be: requests get lost, or are done and then answered with an error, or
 * are sent twice, what is read is cut off, and a replacement compares first and writes later.
 *
 * <p>Before each step it calls {@code step}, which may let other writers go on, or throw.
 */
final class BrokenObjectStore implements ObjectStore {
  private final InmemObjectStore inner;
  private final Runnable step;
  private final RandomGenerator random;
  private final double faults;
  private final boolean comparesFirst;

  /**
   * @param faults which share of the requests goes wrong
   * @param comparesFirst whether others may come between comparison and replacement
   */
  BrokenObjectStore(
      InmemObjectStore inner,
      Runnable step,
      RandomGenerator random,
      double faults,
      boolean comparesFirst) {
    this.inner = inner;
    this.comparesFirst = comparesFirst;
    this.step = step;
    this.random = random;
    this.faults = faults;
  }

  private boolean fault() {
    return random.nextDouble() < faults;
  }

  private void arrive(String key) throws ObjectStoreException {
    step.run();
    if (fault()) {
      throw new ObjectStoreException.Unavailable("503 for " + key, null);
    }
  }

  /** It was done, but that does not always reach who asked. */
  private void answer(String key) throws ObjectStoreException {
    if (fault()) {
      throw new ObjectStoreException.Unavailable("500 for " + key, null);
    }
  }

  @Override
  public void putIfAbsent(String key, Content content) throws ObjectStoreException {
    arrive(key);
    inner.putIfAbsent(key, content);
    if (fault()) {
      // Sent twice, by a client that heard nothing.
      inner.putIfAbsent(key, content);
    }
    answer(key);
  }

  @Override
  public void putIfMatch(String key, String etag, Content content) throws ObjectStoreException {
    arrive(key);
    Found found = inner.all().get(key);
    if (found == null || !found.etag().equals(etag)) {
      throw new ObjectStoreException.PreconditionFailed(key + " is another one", null);
    }
    for (int i = comparesFirst ? random.nextInt(100) : 0; i > 0; i--) {
      step.run();
    }
    inner.put(key, InmemObjectStore.bytes(content));
    answer(key);
  }

  @Override
  public Found get(String key, int maxBytes) throws IOException {
    arrive(key);
    Found found = inner.get(key, maxBytes);
    return fault()
        ? new Found(
            Arrays.copyOf(found.bytes(), random.nextInt(found.bytes().length)), found.etag())
        : found;
  }

  @Override
  public InputStream read(String key, long from) throws IOException {
    arrive(key);
    byte[] rest = inner.read(key, from).readAllBytes();
    return ObjectStore.Content.of(
            fault() ? Arrays.copyOf(rest, random.nextInt(rest.length + 1)) : rest)
        .open();
  }

  @Override
  public List<String> list(String prefix) throws ObjectStoreException {
    arrive(prefix);
    return inner.list(prefix);
  }

  @Override
  public void delete(String key) throws ObjectStoreException {
    arrive(key);
    inner.delete(key);
    answer(key);
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "a broken store";
  }
}
