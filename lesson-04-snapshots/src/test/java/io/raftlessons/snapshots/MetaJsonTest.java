package io.raftlessons.snapshots;

import static io.raftlessons.snapshots.TestSnapshots.meta;
import static io.raftlessons.snapshots.TestSnapshots.received;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.raftlessons.runtime.UnknownFormatException;
import io.raftlessons.wire.SnapshotMeta;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class MetaJsonTest {
  private static final SnapshotMeta META = received("3-120-1764", 120, new byte[] {1, 2, 3});

  @Test
  void itIsReadByPeople() {
    assertThat(new String(MetaJson.encode(META), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {
              "format": 1,
              "id": "3-120-1764",
              "index": 120,
              "term": 3,
              "configuration": [
                {"id": "a", "address": "a:5122", "suffrage": "VOTER", "storage": "ffffffffffffff9f", "joined": 0},
                {"id": "b", "address": "b:5122", "suffrage": "NONVOTER", "storage": "ffffffffffffff9e", "joined": 0}
              ],
              "configurationIndex": 119,
              "time": 1764000000120,
              "size": 3,
              "checksum": "039058c6f2c0cb49",
              "crc32c": "@"
            }
            """
                .replace("@", crcOf(MetaJson.encode(META))));
  }

  private static String crcOf(byte[] text) {
    String all = new String(text, StandardCharsets.US_ASCII);
    CRC32C crc = new CRC32C();
    crc.update(text, 0, all.indexOf("  \"crc32c\""));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  @Test
  void whatWasWrittenIsRead() throws Exception {
    SnapshotMeta.Builder odd = META.toBuilder().setIndex(Long.MAX_VALUE).setSize(Long.MAX_VALUE);
    odd.getConfigurationBuilder()
        .addServersBuilder()
        .setId("\"\\u0041\n\u0000 ü 漢 \ud83d\ude80 \ud83d }, {")
        .setAddress("");
    odd.getConfigurationBuilder().addServersBuilder();
    for (SnapshotMeta meta : new SnapshotMeta[] {META, meta(5), odd.build()}) {
      assertThat(MetaJson.decode("m", MetaJson.encode(meta))).isEqualTo(meta);
    }
    assertThat(MetaJson.encode(odd.build())).matches(text -> ascii(text));
  }

  /** Also one that is added to the schema later. */
  @Test
  void noFieldIsForgotten() throws Exception {
    SnapshotMeta.Builder full = SnapshotMeta.newBuilder();
    fill(full, 1);
    fill(full.getConfigurationBuilder().addServersBuilder(), 100);
    SnapshotMeta meta = full.build();
    assertThat(MetaJson.decode("m", MetaJson.encode(meta))).isEqualTo(meta);
  }

  private static void fill(Message.Builder message, int from) {
    int value = from;
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      switch (field.getJavaType()) {
        case LONG -> message.setField(field, (long) ++value);
        case STRING -> message.setField(field, "s" + ++value);
        case ENUM -> message.setField(field, field.getEnumType().findValueByNumber(1));
        case MESSAGE -> assertThat(field.getName()).isIn("configuration");
        default ->
            throw new AssertionError("a field of a kind that this test does not fill: " + field);
      }
    }
  }

  private static boolean ascii(byte[] text) {
    for (byte b : text) {
      if (b < ' ' && b != '\n') {
        return false;
      }
    }
    return true;
  }

  @Test
  void everyFlippedBitIsDamage() throws Exception {
    byte[] text = MetaJson.encode(META);
    for (int bit = 0; bit < 8 * text.length; bit++) {
      byte[] damaged = text.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertBroken(damaged);
    }
    for (int length = 0; length < text.length; length++) {
      assertBroken(Arrays.copyOf(text, length));
    }
    assertBroken(Arrays.copyOf(text, text.length + 1));
    assertBroken(new byte[text.length]);
  }

  @Test
  void anotherFormatIsRefusedAndNotCalledDamaged() {
    String text = new String(MetaJson.encode(META), StandardCharsets.US_ASCII);
    for (String format : new String[] {"0", "2", "99999999999"}) {
      byte[] other = sealed(text.replace("\"format\": 1,", "\"format\": " + format + ","));
      assertThatExceptionOfType(UnknownFormatException.class)
          .isThrownBy(() -> MetaJson.decode("snapshots/x/meta.json", other))
          .withMessageContaining("snapshots/x/meta.json has format");
    }
    byte[] newer = sealed("{\n  \"format\": 2,\n  \"unknown\": true,\n");
    assertThatExceptionOfType(UnknownFormatException.class)
        .isThrownBy(() -> MetaJson.decode("m", newer))
        .withMessageContaining("A newer release wrote it");
  }

  /** With a checksum that fits, as an editor's hand might make it: other text is still refused. */
  @Test
  void onlyWhatIsWrittenIsRead() throws Exception {
    String text = new String(MetaJson.encode(META), StandardCharsets.US_ASCII);
    String body = text.substring(0, text.indexOf("  \"crc32c\""));
    assertThat(MetaJson.decode("m", sealed(body))).isEqualTo(META);
    String[][] edits = {
      {"\"index\": 120", "\"index\": 0120"},
      {"\"index\": 120", "\"index\": -120"},
      {"\"index\": 120", "\"index\": 99999999999999999999"},
      {"\"index\": 120", "\"index\": "},
      {"VOTER", "VOTERS"},
      {"VOTER", "UNRECOGNIZED"},
      {"ffffffffffffff9f", "FFFFFFFFFFFFFF9F"},
      {"ffffffffffffff9f", "xfffffffffffff9f"},
      {"ffffffffffffff9f", ""},
      {"\"3-120-1764\"", "\"3-120-1764"},
      {"3-120-1764", "\\u00zz"},
      {"3-120-1764", "\\u0041"},
      {"3-120-1764", "\\"},
      {"},\n", "}\n"},
      {"  ],", "  ],,"},
      {"\"size\": 3,", "\"size\": 3,\n  \"more\": 1,"},
    };
    for (String[] edit : edits) {
      assertThat(body).contains(edit[0]);
      int at = body.indexOf(edit[0]);
      assertBroken(sealed(body.substring(0, at) + edit[1] + body.substring(at + edit[0].length())));
    }
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder changed = new StringBuilder(body);
      int from = 16 + random.nextInt(body.length() - 16);
      int to = Math.min(body.length(), from + random.nextInt(8));
      changed.replace(from, to, String.valueOf((char) random.nextInt(128)));
      if (!changed.toString().equals(body)) {
        decodesToItself(sealed(changed.toString()));
      }
    }
  }

  /** Either it is refused, or it is what is written for the meta that it says. */
  private static void decodesToItself(byte[] text) throws Exception {
    try {
      assertThat(MetaJson.encode(MetaJson.decode("m", text))).isEqualTo(text);
    } catch (MetaJson.BrokenException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    }
  }

  static byte[] sealed(String body) {
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.US_ASCII));
    String digits = HexFormat.of().toHexDigits((int) crc.getValue());
    return (body + "  \"crc32c\": \"" + digits + "\"\n}\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static void assertBroken(byte[] text) {
    assertThatExceptionOfType(MetaJson.BrokenException.class)
        .isThrownBy(() -> MetaJson.decode("m", text));
  }
}
