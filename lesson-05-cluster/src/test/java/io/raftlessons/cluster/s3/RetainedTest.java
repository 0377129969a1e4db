package io.raftlessons.cluster.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.raftlessons.snapshots.SnapshotChecksum;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class RetainedTest {
  private static final SnapshotOwner OWNER = new SnapshotOwner("c", -1);
  private static final Retained.Entry ONE =
      new Retained.Entry("3-7-5", 7, 3, 100, -2, "lsn_00000000000000000007-snap_3-7-5");
  private static final Retained.Entry TWO =
      new Retained.Entry("3-9-5", 9, 3, 0, 0, "lsn_00000000000000000009-snap_3-9-5");

  @Test
  void itIsReadByPeople() {
    Retained retained = new Retained(4, OWNER, List.of(ONE));
    assertThat(new String(retained.encode(), StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines(
            """
            {
              "format" : 1,
              "version" : 4,
              "clusterName" : "c",
              "clusterFingerprint" : "ffffffffffffffff",
              "snapshots" : [ {
                "id" : "3-7-5",
                "index" : 7,
                "term" : 3,
                "size" : 100,
                "checksum" : "fffffffffffffffe",
                "key" : "lsn_00000000000000000007-snap_3-7-5"
              } ],
              "checksum" : "56be2cd1b61473d4"
            }
            """);
  }

  @Test
  void whatWasWrittenIsRead() throws Exception {
    for (Retained retained :
        List.of(
            new Retained(1, OWNER, List.of()),
            new Retained(Long.MAX_VALUE, OWNER, List.of(TWO, ONE)))) {
      assertThat(Retained.decode("r", retained.encode())).isEqualTo(retained);
    }
  }

  @Test
  void everyFlippedBitIsDamageOrMeansTheSame() throws Exception {
    Retained retained = new Retained(4, OWNER, List.of(TWO, ONE));
    byte[] text = retained.encode();
    int harmless = 0;
    for (int bit = 0; bit < 8 * text.length; bit++) {
      byte[] flipped = text.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        assertThat(Retained.decode("r", flipped)).isEqualTo(retained);
        harmless++; // white space
      } catch (Retained.BrokenException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
    assertThat(harmless).isLessThan(8 * text.length / 50);
    for (int length = 0; length < text.length - 1; length++) {
      byte[] cut = Arrays.copyOf(text, length);
      if (!new String(cut, StandardCharsets.UTF_8).endsWith("}")) {
        assertThatExceptionOfType(Retained.BrokenException.class)
            .isThrownBy(() -> Retained.decode("r", cut));
      }
    }
  }

  @Test
  void theNewestComesFirstAndTheOldestGo() {
    Retained retained = new Retained(1, OWNER, List.of());
    assertThat(retained.newestIndex()).isZero();
    assertThat(retained.oldestIndex()).isZero();
    retained = retained.with(ONE, 2).with(TWO, 2);
    assertThat(retained).isEqualTo(new Retained(3, OWNER, List.of(TWO, ONE)));
    assertThat(retained.newestIndex()).isEqualTo(9);
    assertThat(retained.oldestIndex()).isEqualTo(7);
    Retained.Entry three = new Retained.Entry("a", 11, 3, 0, 0, "k");
    assertThat(retained.with(three, 2).snapshots()).containsExactly(three, TWO);
    assertThat(retained.with(three, 1).snapshots()).containsExactly(three);
    assertThat(retained.with(three, 9).snapshots()).containsExactly(three, TWO, ONE);
  }

  /** With a checksum that fits, as an editor's hand might make it. */
  static byte[] sealed(String text) {
    JsonMapper mapper = new JsonMapper();
    ObjectNode json = (ObjectNode) mapper.readTree(text);
    json.remove("checksum");
    SnapshotChecksum checksum = new SnapshotChecksum();
    checksum.update(ByteBuffer.wrap(json.toString().getBytes(StandardCharsets.UTF_8)));
    json.put("checksum", "%016x".formatted(checksum.value()));
    return json.toPrettyString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatIsWellFormedMayStillBeBroken() throws Exception {
    String text = new String(new Retained(4, OWNER, List.of(ONE)).encode(), StandardCharsets.UTF_8);
    assertThat(Retained.decode("r", sealed(text)).snapshots()).containsExactly(ONE);
    for (String[] edit :
        new String[][] {
          {"\"version\"", "\"versions\""},
          {"\"ffffffffffffffff\"", "\"zz\""},
          {"\"ffffffffffffffff\"", "\"0000000000000000\""},
          {"\"c\"", "\"\""},
          {"lsn_", "/"},
          {"\"3-7-5\"", "\"..\""},
          {"\"index\" : 7,", ""},
          {"\"index\" : 7,", "\"index\" : \"x\","},
          {"\"snapshots\"", "\"snapshot\""}
        }) {
      assertThat(text).contains(edit[0]);
      byte[] other = sealed(text.replace(edit[0], edit[1]));
      assertThatExceptionOfType(Retained.BrokenException.class)
          .as(edit[1])
          .isThrownBy(() -> Retained.decode("r", other));
    }
  }
}
