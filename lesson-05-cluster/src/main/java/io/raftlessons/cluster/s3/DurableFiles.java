package io.raftlessons.cluster.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.UUID;
import java.util.stream.Stream;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadBucketRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The files of s3proxy, {@code {directory}/objects/{bucket}/{key}}, with three differences. What
 * arrives is collected elsewhere and has its name, and is in lists, only when all of it is on the
 * disk: s3proxy gives the name first and leaves the rest to the operating system, and a power cut
 * between the two would leave an empty object. A condition and the name are one step: s3proxy
 * compares for {@code If-Match} and then writes. And no file is made in a directory that is just
 * being removed, because it was empty.
 *
 * <p>That is so for puts and deletes of single objects. Multipart uploads and copies are s3proxy's.
 *
 * <p>Thread-safe.
 */
final class DurableFiles extends ForwardingBlobStore {
  private static final Logger LOG = LoggerFactory.getLogger(DurableFiles.class);

  /** The only bucket of the store for what arrives, which no request can name. */
  private static final String ARRIVING = "objects";

  private final Path objects;
  private final Path arriving;
  private final FilesystemNio2BlobStore arrivals;

  /** Held while an object gets or loses its name, which is short, however large it is. */
  private final Object naming = new Object();

  private DurableFiles(Path objects, Path arrivals) {
    super(new FilesystemNio2BlobStore(objects.toString()));
    this.objects = objects;
    this.arriving = arrivals.resolve(ARRIVING);
    this.arrivals = new FilesystemNio2BlobStore(arrivals.toString());
  }

  /**
   * @param directory for it alone; it exists. What arrived there and got no name is removed
   * @param buckets made if they are not there
   */
  static DurableFiles open(Path directory, Iterable<String> buckets) throws IOException {
    requireAttributes(directory);
    Path objects = Files.createDirectories(directory.resolve("objects"));
    for (String bucket : buckets) {
      Path files = Files.createDirectories(objects.resolve(bucket));
      // s3proxy shows to everybody, without a signature, what the file system lets everybody read.
      Files.setPosixFilePermissions(files, PosixFilePermissions.fromString("rwx------"));
    }
    sync(objects);
    sync(directory);
    Path arrivals = directory.resolve("arrivals");
    Files.createDirectories(arrivals.resolve(ARRIVING));
    try (Stream<Path> left = Files.list(arrivals.resolve(ARRIVING))) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
    return new DurableFiles(objects, arrivals);
  }

  /** s3proxy keeps ETags in them. Without, no condition would ever hold. */
  private static void requireAttributes(Path directory) throws IOException {
    FileStore files = Files.getFileStore(directory);
    if (!files.supportsFileAttributeView(UserDefinedFileAttributeView.class)) {
      throw new IOException(
          "the file system of %s (%s) keeps no extended attributes, which the S3 store needs"
              .formatted(directory, files.type()));
    }
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest put, InputStream body) {
    headBucket(HeadBucketRequest.builder().bucket(put.bucket()).build());
    Path file = file(put);
    String name = UUID.randomUUID().toString();
    Path arrived = arriving.resolve(name);
    PutObjectResponse response =
        arrivals.putBlob(
            put.toBuilder().bucket(ARRIVING).key(name).ifMatch(null).ifNoneMatch(null).build(),
            body);
    try {
      requireCondition(put); // in vain: then it need not be written to the disk
      sync(arrived);
      synchronized (naming) {
        requireCondition(put);
        Files.createDirectories(file.getParent());
        Files.move(arrived, file, StandardCopyOption.ATOMIC_MOVE);
      }
      Path bucket = objects.resolve(put.bucket());
      for (Path parent = file.getParent();
          parent != null && parent.startsWith(bucket);
          parent = parent.getParent()) {
        sync(parent);
      }
      return response;
    } catch (IOException e) {
      throw S3Exception.builder().statusCode(500).message("not durable: " + e).cause(e).build();
    } finally {
      discard(arrived);
    }
  }

  /** Below its bucket, whatever the key says. */
  private Path file(PutObjectRequest put) {
    Path bucket = objects.resolve(put.bucket());
    Path file = bucket.resolve(put.key()).normalize();
    if (put.key().endsWith("/") || file.equals(bucket) || !file.startsWith(bucket)) {
      throw S3Exception.builder()
          .statusCode(400)
          .message("no file can be called " + put.key())
          .build();
    }
    return file;
  }

  private void requireCondition(PutObjectRequest put) {
    if (put.ifMatch() == null && put.ifNoneMatch() == null) {
      return;
    }
    String there = etagOf(put);
    boolean matches = put.ifMatch() == null || isOneOf(there, put.ifMatch());
    boolean differs = put.ifNoneMatch() == null || !isOneOf(there, put.ifNoneMatch());
    if (!matches || !differs) {
      throw S3Exception.builder()
          .statusCode(412)
          .message(there == null ? "there is no such object" : "another object is there")
          .build();
    }
  }

  private static boolean isOneOf(@Nullable String there, String condition) {
    return there != null && (condition.equals("*") || S3ObjectStore.bare(condition).equals(there));
  }

  private @Nullable String etagOf(PutObjectRequest put) {
    var found =
        blobMetadataIfPresent(
            HeadObjectRequest.builder().bucket(put.bucket()).key(put.key()).build());
    return found == null ? null : S3ObjectStore.bare(found.eTag());
  }

  /** The directories that it leaves empty go with it. */
  @Override
  public DeleteObjectResponse removeBlob(DeleteObjectRequest delete) {
    synchronized (naming) {
      return super.removeBlob(delete);
    }
  }

  /** What is left is removed at the next start. */
  private static void discard(Path arrived) {
    try {
      Files.deleteIfExists(arrived);
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", arrived, e.toString());
    }
  }

  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
