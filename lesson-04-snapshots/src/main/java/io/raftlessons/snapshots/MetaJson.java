package io.raftlessons.snapshots;

import io.raftlessons.runtime.UnknownFormatException;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.SnapshotMeta;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The text of {@code meta.json}: a snapshot's meta as JSON in ASCII, for people and their tools.
 *
 * <p>The first line, with the format, and the last one, with the CRC32C of all before it, are the
 * same in every format; so a flipped bit in the format is damage and not a newer release. Since the
 * CRC allows no other text than the one that was written, this class reads what it writes and
 * nothing else: a JSON library, which lessons 1 to 4 do without, would have little to do.
 */
public final class MetaJson {
  static final int FORMAT = 1;

  private static final String CRC_BEGINS = "  \"crc32c\": \"";
  private static final String CRC_ENDS = "\"\n}\n";
  private static final int CRC_LINE = CRC_BEGINS.length() + 8 + CRC_ENDS.length();

  /** The text is not what was written. */
  public static final class BrokenException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenException(String reason) {
      super(reason);
    }
  }

  private final String text;
  private int at;

  private MetaJson(String text) {
    this.text = text;
  }

  /** ASCII text with a line end, of a meta whose numbers are not negative. */
  public static byte[] encode(SnapshotMeta meta) {
    StringBuilder text = new StringBuilder("{\n  \"format\": ").append(FORMAT);
    text.append(",\n  \"id\": ").append(quoted(meta.getId()));
    text.append(",\n  \"index\": ").append(meta.getIndex());
    text.append(",\n  \"term\": ").append(meta.getTerm());
    text.append(",\n  \"configuration\": [");
    String separator = "\n    ";
    for (Server server : meta.getConfiguration().getServersList()) {
      text.append(separator).append("{\"id\": ").append(quoted(server.getId()));
      text.append(", \"address\": ").append(quoted(server.getAddress()));
      text.append(", \"suffrage\": ").append(quoted(server.getSuffrage().name()));
      text.append(", \"storage\": ").append(quoted(hex(server.getStorage())));
      text.append(", \"joined\": ").append(server.getJoined()).append('}');
      separator = ",\n    ";
    }
    text.append("\n  ],\n  \"configurationIndex\": ").append(meta.getConfigurationIndex());
    text.append(",\n  \"time\": ").append(meta.getTime());
    text.append(",\n  \"size\": ").append(meta.getSize());
    text.append(",\n  \"checksum\": ").append(quoted(hex(meta.getChecksum()))).append(",\n");
    byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
    String crc = HexFormat.of().toHexDigits(crc(bytes, bytes.length));
    return text.append(CRC_BEGINS)
        .append(crc)
        .append(CRC_ENDS)
        .toString()
        .getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * @param name of the file, for the message
   * @throws BrokenException if this is not what was written
   * @throws UnknownFormatException if it is, but in another format
   */
  public static SnapshotMeta decode(String name, byte[] bytes)
      throws BrokenException, UnknownFormatException {
    int body = bytes.length - CRC_LINE;
    if (body < 0) {
      throw new BrokenException("it has only " + bytes.length + " bytes");
    }
    MetaJson json = new MetaJson(new String(bytes, StandardCharsets.ISO_8859_1));
    json.at = body;
    json.skip(CRC_BEGINS + HexFormat.of().toHexDigits(crc(bytes, body)) + CRC_ENDS);
    json.at = 0;
    json.skip("{\n  \"format\": ");
    long format = json.number();
    if (format != FORMAT) {
      throw new UnknownFormatException(name, (int) Math.min(format, Integer.MAX_VALUE), FORMAT);
    }
    SnapshotMeta meta = json.meta();
    if (!Arrays.equals(encode(meta), bytes)) {
      throw new BrokenException("it says more, or otherwise, than what was written");
    }
    return meta;
  }

  private SnapshotMeta meta() throws BrokenException {
    SnapshotMeta.Builder meta = SnapshotMeta.newBuilder();
    meta.setId(string(",\n  \"id\": "));
    meta.setIndex(number(",\n  \"index\": "));
    meta.setTerm(number(",\n  \"term\": "));
    skip(",\n  \"configuration\": [");
    String separator = "\n    ";
    while (text.startsWith(separator, at)) {
      skip(separator);
      Server.Builder server = meta.getConfigurationBuilder().addServersBuilder();
      server.setId(string("{\"id\": "));
      server.setAddress(string(", \"address\": "));
      server.setSuffrage(suffrage(string(", \"suffrage\": ")));
      server.setStorage(hex(", \"storage\": "));
      server.setJoined(number(", \"joined\": "));
      skip("}");
      separator = ",\n    ";
    }
    meta.setConfigurationIndex(number("\n  ],\n  \"configurationIndex\": "));
    meta.setTime(number(",\n  \"time\": "));
    meta.setSize(number(",\n  \"size\": "));
    meta.setChecksum(hex(",\n  \"checksum\": "));
    skip(",\n");
    return meta.build();
  }

  private void skip(String expected) throws BrokenException {
    if (!text.startsWith(expected, at)) {
      throw new BrokenException("not as it was written, at byte " + at);
    }
    at += expected.length();
  }

  private long number(String before) throws BrokenException {
    skip(before);
    return number();
  }

  private long number() throws BrokenException {
    int end = at;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    try {
      long number = Long.parseLong(text.substring(at, end));
      at = end;
      return number;
    } catch (NumberFormatException e) {
      throw new BrokenException("no number at byte " + at);
    }
  }

  private long hex(String before) throws BrokenException {
    String digits = string(before);
    try {
      return HexFormat.fromHexDigitsToLong(digits);
    } catch (IllegalArgumentException e) {
      throw new BrokenException("no hexadecimal number before byte " + at);
    }
  }

  private static Server.Suffrage suffrage(String name) throws BrokenException {
    for (Server.Suffrage suffrage : Server.Suffrage.values()) {
      if (suffrage != Server.Suffrage.UNRECOGNIZED && suffrage.name().equals(name)) {
        return suffrage;
      }
    }
    throw new BrokenException("no suffrage: " + name);
  }

  private String string(String before) throws BrokenException {
    skip(before + "\"");
    StringBuilder string = new StringBuilder();
    while (!text.startsWith("\"", at)) {
      if (text.startsWith("\\u", at)) {
        string.append(escaped());
      } else if (at < text.length()) {
        string.append(text.charAt(at));
        at++;
      } else {
        throw new BrokenException("a string has no end");
      }
    }
    skip("\"");
    return string.toString();
  }

  private char escaped() throws BrokenException {
    try {
      char c = (char) HexFormat.fromHexDigits(text, at + 2, at + 6);
      at += 6;
      return c;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new BrokenException("no character at byte " + at);
    }
  }

  /** All but letters, digits and plain signs becomes {@code \}{@code uXXXX}. */
  private static String quoted(String string) {
    StringBuilder text = new StringBuilder("\"");
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        text.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        text.append(c);
      }
    }
    return text.append('"').toString();
  }

  private static String hex(long number) {
    return HexFormat.of().toHexDigits(number);
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
