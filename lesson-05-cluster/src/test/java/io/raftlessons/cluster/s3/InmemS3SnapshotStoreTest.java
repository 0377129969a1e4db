package io.raftlessons.cluster.s3;

import io.raftlessons.runtime.RealDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.io.TempDir;

class InmemS3SnapshotStoreTest implements S3SnapshotStoreContract {
  static final SnapshotOwner OWNER = new SnapshotOwner("of-tests", 0xabcL);
  static final S3SnapshotStore.Options OPTIONS =
      new S3SnapshotStore.Options("snapshots", "group", 2, 8, Duration.ZERO, "spool", 1000);

  @TempDir Path directory;

  @Override
  public S3SnapshotStore create(LongSupplier millis) throws IOException {
    return S3SnapshotStore.open(
        new InmemObjectStore(), new RealDisk(directory), millis, OWNER, OPTIONS);
  }
}
