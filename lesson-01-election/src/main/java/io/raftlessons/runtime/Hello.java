package io.raftlessons.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Metadata;

/**
 * What the opener of a stream says in the call's metadata. Ids and address may hold any character,
 * so they travel as binary headers.
 *
 * @param from who opens the stream
 * @param to whom it believes to talk to
 * @param address where {@code from} can be reached
 * @param lane what the stream is for
 */
record Hello(String version, long cluster, String from, String to, String address, Lane lane) {
  /** The version of the protocol between servers, of which there is one. */
  static final String VERSION = "1";

  private static final int MAX_ID_LENGTH = 128;

  private static final Metadata.Key<String> VERSION_KEY = ascii("raft-version");
  private static final Metadata.Key<String> CLUSTER_KEY = ascii("raft-cluster");
  private static final Metadata.Key<String> LANE_KEY = ascii("raft-lane");
  private static final Metadata.Key<byte[]> FROM_KEY = binary("raft-from-bin");
  private static final Metadata.Key<byte[]> TO_KEY = binary("raft-to-bin");
  private static final Metadata.Key<byte[]> ADDRESS_KEY = binary("raft-address-bin");

  Metadata toMetadata() {
    Metadata metadata = new Metadata();
    metadata.put(VERSION_KEY, version);
    metadata.put(CLUSTER_KEY, Long.toHexString(cluster));
    metadata.put(LANE_KEY, lane.text());
    metadata.put(FROM_KEY, from.getBytes(UTF_8));
    metadata.put(TO_KEY, to.getBytes(UTF_8));
    metadata.put(ADDRESS_KEY, address.getBytes(UTF_8));
    return metadata;
  }

  /**
   * @throws IllegalArgumentException if something is missing or malformed; the message says what
   */
  static Hello from(Metadata metadata) {
    String version = required(metadata, VERSION_KEY);
    if (!version.equals(VERSION)) {
      throw new IllegalArgumentException(
          "unknown protocol version " + version + ", this server speaks " + VERSION);
    }
    String cluster = required(metadata, CLUSTER_KEY);
    Hello hello =
        new Hello(
            version,
            fingerprint(cluster),
            text(metadata, FROM_KEY),
            text(metadata, TO_KEY),
            text(metadata, ADDRESS_KEY),
            Lane.parse(required(metadata, LANE_KEY)));
    checkId(hello.from);
    checkId(hello.to);
    Address.parse(hello.address);
    return hello;
  }

  static void checkId(String id) {
    if (id.isEmpty() || id.length() > MAX_ID_LENGTH) {
      throw new IllegalArgumentException(
          "an id must have 1 to " + MAX_ID_LENGTH + " characters, it has " + id.length());
    }
  }

  private static long fingerprint(String hex) {
    try {
      return Long.parseUnsignedLong(hex, 16);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("malformed cluster fingerprint", e);
    }
  }

  private static String text(Metadata metadata, Metadata.Key<byte[]> key) {
    return new String(required(metadata, key), UTF_8);
  }

  private static <T> T required(Metadata metadata, Metadata.Key<T> key) {
    T value = metadata.get(key);
    if (value == null) {
      throw new IllegalArgumentException("no header " + key.name());
    }
    return value;
  }

  private static Metadata.Key<String> ascii(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static Metadata.Key<byte[]> binary(String name) {
    return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
  }
}
