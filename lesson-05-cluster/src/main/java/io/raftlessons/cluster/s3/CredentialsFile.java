package io.raftlessons.cluster.s3;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Made-up credentials, in a file that only its owner may read. */
final class CredentialsFile {
  private static final String FILE = "credentials";
  private static final String USER = "raft";

  private CredentialsFile() {}

  /** Empty if there is no such file. */
  static Optional<S3Credentials> read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    // Bytes that are no UTF-8 are damage, too; what of it could be read is not repeated.
    List<String> lines =
        new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
    if (lines.size() != 2 || !lines.stream().allMatch(line -> line.matches("[\\x21-\\x7e]+"))) {
      throw new IOException(
          file
              + " is damaged: it must have two lines, a user and a password."
              + " If it is deleted, the next start makes another");
    }
    return Optional.of(new S3Credentials(lines.get(0), lines.get(1)));
  }

  static S3Credentials readOrMake(Path directory) throws IOException {
    Optional<S3Credentials> there = read(directory);
    if (there.isPresent()) {
      return there.get();
    }
    byte[] password = new byte[24];
    new SecureRandom().nextBytes(password);
    S3Credentials made = new S3Credentials(USER, HexFormat.of().formatHex(password));
    write(directory, made);
    return made;
  }

  /** Whole or not at all, and never readable by others. */
  private static void write(Path directory, S3Credentials made) throws IOException {
    Path temporary = directory.resolve(FILE + ".tmp");
    Files.deleteIfExists(temporary);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      String text = made.accessKeyId() + "\n" + made.secretAccessKey() + "\n";
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    DurableFiles.sync(directory);
  }
}
