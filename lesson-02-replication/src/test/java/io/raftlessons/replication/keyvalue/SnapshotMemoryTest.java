package io.raftlessons.replication.keyvalue;

import static io.raftlessons.replication.keyvalue.KeyValueCommands.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.raftlessons.replication.keyvalue.wire.SnapshotHeader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Measures what the current thread allocates, so that a cost stated in words is also a number. */
class SnapshotMemoryTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void aLengthOrCountThatLiesAllocatesNothingToSpeakOf() throws IOException {
    KeyValueMachine machine = new KeyValueMachine(Client.SMALL);
    List<byte[]> liars =
        List.of(
            bytes(0xff, 0xff, 0xff, 0xff, 0x07),
            bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
            bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
            after(header(Long.MAX_VALUE, 0, 0), 0x80, 0x80, 0x80, 0x08, 1),
            after(header(1, 0, 0), 0xff, 0xff, 0xff, 0xff, 0x07, 1),
            after(header(0, Long.MAX_VALUE, 0)),
            after(header(0, 0, Long.MAX_VALUE)));
    for (byte[] liar : liars) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      assertThatThrownBy(() -> machine.restore(new ByteArrayInputStream(liar)))
          .isInstanceOf(IOException.class);
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
    }
  }

  @Test
  void takingASnapshotCopiesNoValues() {
    Client client = new Client(KeyValueMachine.Limits.defaults());
    long session = client.open();
    String value = "1".repeat(1_000);
    for (int i = 1; i <= 20_000; i++) {
      client.send(put("k" + i, value), session, i, i);
    }
    client.machine.snapshot();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    client.machine.snapshot();
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(4_096);
  }

  private static byte[] header(long values, long sessions, long idempotent) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SnapshotHeader.newBuilder()
        .setFormat(SnapshotFormat.FORMAT)
        .setValues(values)
        .setSessions(sessions)
        .setIdempotent(idempotent)
        .build()
        .writeDelimitedTo(out);
    return out.toByteArray();
  }

  private static byte[] after(byte[] header, int... more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header);
    out.writeBytes(bytes(more));
    return out.toByteArray();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
