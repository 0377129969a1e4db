package io.raftlessons.cluster.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where the launcher of a data directory listens. The file is readable by its owner only: whoever
 * can read it may control the cluster.
 *
 * @param token 64 hexadecimal digits, new at every start
 * @param pid the launcher's
 */
record ControlFile(int port, String token, long pid) {
  private static final int MAX_BYTES = 1024;
  private static final JsonMapper JSON = new JsonMapper();

  /** For this process. */
  static ControlFile create(int port) {
    byte[] token = new byte[32];
    new SecureRandom().nextBytes(token);
    return new ControlFile(port, HexFormat.of().formatHex(token), ProcessHandle.current().pid());
  }

  void write(Path file) throws IOException {
    Path temporary =
        Files.createTempFile(
            file.getParent(),
            "control",
            null,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(temporary, JSON.writeValueAsString(this));
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Empty if there is none, or only the rest of one. */
  static Optional<ControlFile> read(Path file) throws IOException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        return Optional.empty();
      }
      return Optional.of(JSON.readValue(Files.readString(file), ControlFile.class));
    } catch (NoSuchFileException | JacksonException e) {
      return Optional.empty();
    }
  }

  /** The token must not end up in a log. */
  @Override
  public String toString() {
    return "ControlFile[port=" + port + ", pid=" + pid + "]";
  }
}
