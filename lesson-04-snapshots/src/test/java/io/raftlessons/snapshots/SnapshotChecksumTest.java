package io.raftlessons.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SnapshotChecksumTest {
  /** FIPS 180-2, appendix B.1: the digest of "abc" begins so. */
  @Test
  void itIsTheBeginningOfSha256() {
    SnapshotChecksum checksum = new SnapshotChecksum();
    ByteBuffer bytes = ByteBuffer.wrap("abc".getBytes(StandardCharsets.US_ASCII));
    checksum.update(bytes);
    assertThat(bytes.hasRemaining()).isFalse();
    assertThat(checksum.value()).isEqualTo(0xba7816bf8f01cfeaL);
  }

  @Test
  void afterTheValueItStartsAnew() {
    SnapshotChecksum checksum = new SnapshotChecksum();
    long ofNothing = checksum.value();
    checksum.update(ByteBuffer.allocate(1));
    assertThat(checksum.value()).isNotEqualTo(ofNothing);
    assertThat(checksum.value()).isEqualTo(ofNothing);
  }
}
