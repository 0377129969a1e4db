package io.raftlessons.cluster.s3;

import io.raftlessons.runtime.UnknownFormatException;
import io.raftlessons.snapshots.SnapshotChecksum;
import io.raftlessons.snapshots.SnapshotMetas;
import io.raftlessons.wire.SnapshotMeta;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which snapshots of a group are retained: the content of {@code latest.json}. Immutable.
 *
 * @param version counts the changes, from 1
 * @param snapshots newest first; each has a lower index than the one before
 */
record Retained(long version, SnapshotOwner owner, List<Entry> snapshots) {
  static final int FORMAT = 1;

  /** Of the text. */
  static final int MAX_BYTES = 1 << 20;

  private static final String CHECKSUM = "checksum";
  private static final JsonMapper JSON = new JsonMapper();

  /** The text is not what was written. */
  static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenException(String reason) {
      super(reason);
    }
  }

  /**
   * A snapshot. Its content was read back and had this size and checksum before it was named here.
   *
   * @param key of its objects, behind the group's and a slash
   */
  record Entry(String id, long index, long term, long size, long checksum, String key) {
    static Entry of(SnapshotMeta meta) {
      return new Entry(
          meta.getId(),
          meta.getIndex(),
          meta.getTerm(),
          meta.getSize(),
          meta.getChecksum(),
          key(meta));
    }

    /** {@code lsn_{20 digits}-snap_{id}}: in a list of keys they are sorted by index. */
    static String key(SnapshotMeta meta) {
      return "lsn_%020d-snap_%s".formatted(meta.getIndex(), meta.getId());
    }
  }

  Retained {
    snapshots = List.copyOf(snapshots);
  }

  Optional<Entry> find(String id) {
    return snapshots.stream().filter(entry -> entry.id().equals(id)).findFirst();
  }

  /** The highest index; 0 if there is none. */
  long newestIndex() {
    return snapshots.isEmpty() ? 0 : snapshots.get(0).index();
  }

  /** The lowest index; 0 if there is none. */
  long oldestIndex() {
    return snapshots.isEmpty() ? 0 : snapshots.get(snapshots.size() - 1).index();
  }

  /** With one more, which is the newest, and no more than {@code retain}. */
  Retained with(Entry newest, int retain) {
    List<Entry> next = new ArrayList<>();
    next.add(newest);
    next.addAll(snapshots.subList(0, Math.min(retain - 1, snapshots.size())));
    return new Retained(version + 1, owner, next);
  }

  /** Another's from now on, without what came after {@code last}: that is not its history. */
  Retained claimed(SnapshotOwner by, Entry last) {
    return new Retained(
        version + 1,
        by,
        snapshots.stream().filter(entry -> entry.index() <= last.index()).toList());
  }

  byte[] encode() {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT);
    json.put("version", version);
    json.put("clusterName", owner.clusterName());
    json.put("clusterFingerprint", hex(owner.fingerprint()));
    ArrayNode list = json.putArray("snapshots");
    for (Entry entry : snapshots) {
      list.addObject()
          .put("id", entry.id())
          .put("index", entry.index())
          .put("term", entry.term())
          .put("size", entry.size())
          .put(CHECKSUM, hex(entry.checksum()))
          .put("key", entry.key());
    }
    json.put(CHECKSUM, checksumOf(json));
    return (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @param name for messages
   * @throws BrokenException if this is not what was written
   * @throws UnknownFormatException if it is, but in another format
   */
  static Retained decode(String name, byte[] bytes) throws BrokenException, UnknownFormatException {
    if (!(parse(bytes) instanceof ObjectNode json)) {
      throw new BrokenException("no JSON object");
    }
    JsonNode checksum = json.remove(CHECKSUM);
    if (checksum == null || !checksum.asString("").equals(checksumOf(json))) {
      throw new BrokenException("it has not the checksum that it says");
    }
    int format = json.path("format").asInt(0);
    if (format != FORMAT) {
      throw new UnknownFormatException(name, format, FORMAT);
    }
    List<Entry> entries = new ArrayList<>();
    try {
      for (JsonNode entry : json.required("snapshots")) {
        entries.add(entry(entry));
      }
      SnapshotOwner owner =
          new SnapshotOwner(
              json.required("clusterName").asString(), hex(json, "clusterFingerprint"));
      return new Retained(json.required("version").asLong(), owner, entries);
    } catch (JacksonException | IllegalArgumentException e) {
      throw new BrokenException(String.valueOf(e.getMessage()));
    }
  }

  private static JsonNode parse(byte[] bytes) throws BrokenException {
    try {
      return JSON.readTree(bytes);
    } catch (JacksonException e) {
      throw new BrokenException("no JSON: " + e.getOriginalMessage());
    }
  }

  private static Entry entry(JsonNode json) throws BrokenException {
    String id = json.required("id").asString();
    String key = json.required("key").asString();
    if (!SnapshotMetas.isId(id) || !SnapshotMetas.isId(key)) {
      throw new BrokenException("no name: " + id + ", " + key);
    }
    return new Entry(
        id,
        json.required("index").asLong(),
        json.required("term").asLong(),
        json.required("size").asLong(),
        hex(json, CHECKSUM),
        key);
  }

  /** Of all that is said, however it is laid out. */
  private static String checksumOf(ObjectNode json) {
    SnapshotChecksum checksum = new SnapshotChecksum();
    checksum.update(ByteBuffer.wrap(json.toString().getBytes(StandardCharsets.UTF_8)));
    return hex(checksum.value());
  }

  private static String hex(long number) {
    return "%016x".formatted(number);
  }

  private static long hex(JsonNode json, String field) {
    return Long.parseUnsignedLong(json.required(field).asString(), 16);
  }
}
