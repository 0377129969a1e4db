package io.raftlessons.cluster.node;

import io.raftlessons.cluster.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which cluster a data directory belongs to: its file {@code cluster.json}.
 *
 * @param name 1 to 64 characters
 * @param fingerprint random, never 0; servers refuse the messages of another one
 * @param bootstrapped whether the first nodes have their first configuration. From then on a node
 *     with an empty directory is a new one: it waits to be added
 */
public record ClusterIdentity(String name, long fingerprint, boolean bootstrapped) {
  /** The name of the file. */
  public static final String FILE = "cluster.json";

  /**
   * The layout of the data directory that this program reads and writes. In format 1 the logs of
   * the nodes had no configuration.
   */
  public static final int FORMAT = 2;

  private static final int MAX_BYTES = 4096;
  private static final JsonMapper JSON = new JsonMapper();

  /** A new cluster. */
  public static ClusterIdentity create(String name) {
    SecureRandom random = new SecureRandom();
    long fingerprint = random.nextLong();
    while (fingerprint == 0) {
      fingerprint = random.nextLong();
    }
    return new ClusterIdentity(name, fingerprint, false);
  }

  /** The same cluster, whose first nodes have their first configuration. */
  public ClusterIdentity afterBootstrap() {
    return new ClusterIdentity(name, fingerprint, true);
  }

  /**
   * Reads the identity of a data directory.
   *
   * @throws ConfigException if the file is damaged, or of another format
   * @throws IOException if it cannot be read
   */
  public static ClusterIdentity read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (Files.size(file) > MAX_BYTES) {
      throw new ConfigException(file + " is damaged: it is larger than " + MAX_BYTES + " bytes");
    }
    return parse(file.toString(), Files.readAllBytes(file));
  }

  /**
   * The content of such a file.
   *
   * @param file its name, for the message
   * @throws ConfigException as {@link #read}
   */
  public static ClusterIdentity parse(String file, byte[] content) {
    JsonNode json;
    try {
      json = JSON.readTree(content);
    } catch (JacksonException e) {
      throw new ConfigException(file + " is damaged: " + e.getOriginalMessage());
    }
    checkFormat(file, json.path("format").asInt(0));
    String name = json.path("name").asString("");
    long fingerprint = parse(json.path("fingerprint").asString(""));
    if (name.isEmpty() || fingerprint == 0) {
      throw new ConfigException(file + " is damaged: it has no name or no fingerprint");
    }
    return new ClusterIdentity(name, fingerprint, json.path("bootstrapped").asBoolean(false));
  }

  /** The content of the file. */
  public String json() {
    return JSON.createObjectNode()
            .put("format", FORMAT)
            .put("name", name)
            .put("fingerprint", fingerprintText())
            .put("bootstrapped", bootstrapped)
            .toPrettyString()
        + "\n";
  }

  /** 16 hexadecimal digits. */
  public String fingerprintText() {
    return "%016x".formatted(fingerprint);
  }

  private static void checkFormat(String file, int format) {
    if (format > FORMAT) {
      throw new ConfigException(
          "%s has format %d, which is newer than this program (format %d): run a newer program, or give another directory with --data"
              .formatted(file, format, FORMAT));
    }
    if (format < FORMAT) {
      throw new ConfigException(
          "%s has format %d, which this program (format %d) no longer reads: run the program that wrote it, or give another directory with --data"
              .formatted(file, format, FORMAT));
    }
  }

  private static long parse(String text) {
    try {
      return text.length() == 16 ? Long.parseUnsignedLong(text, 16) : 0;
    } catch (NumberFormatException e) {
      return 0; // reported as a missing fingerprint by the caller
    }
  }
}
