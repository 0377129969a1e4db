package io.raftlessons.replication.keyvalue;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The little of JSON the machine knows, done on the text itself. Texts are in canonical form: no
 * white space, integers without sign {@code +}, fraction or leading zeros.
 */
public final class JsonText {
  public static final String EMPTY_ARRAY = "[]";
  private static final Pattern INTEGER = Pattern.compile("0|-?[1-9][0-9]*");

  private JsonText() {}

  /** Whether the text of a value is an array's. */
  public static boolean isArray(String text) {
    return text.startsWith("[") && text.endsWith("]");
  }

  /**
   * The array with one element more.
   *
   * @param array a text for which {@link #isArray} holds
   */
  public static String append(String array, String element) {
    String head = array.substring(0, array.length() - 1);
    return head + (head.length() == 1 ? "" : ",") + element + "]";
  }

  /**
   * How many elements the array has, in O(length).
   *
   * @param array a text for which {@link #isArray} holds
   */
  public static int length(String array) {
    if (array.length() == 2) {
      return 0;
    }
    int elements = 1;
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < array.length(); i++) {
      char c = array.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
        continue;
      }
      switch (c) {
        case '"' -> quoted = true;
        case '[', '{' -> depth++;
        case ']', '}' -> depth--;
        case ',' -> elements += depth == 1 ? 1 : 0;
        default -> {}
      }
    }
    return elements;
  }

  /** The integer a text stands for; empty if it is none, has more than 64 bits or another form. */
  public static OptionalLong integer(String text) {
    // parseLong also takes +1, 007, -0 and the digits of other scripts: none of them is canonical.
    int longest = Long.toString(Long.MIN_VALUE).length();
    if (text.length() > longest || !INTEGER.matcher(text).matches()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException tooLarge) {
      return OptionalLong.empty();
    }
  }

  /** The text as a JSON string; escapes what must be escaped and nothing else (RFC 8785). */
  public static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\b' -> quoted.append("\\b");
        case '\f' -> quoted.append("\\f");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < 0x20) {
            quoted.append("\\u00").append(c < 0x10 ? '0' : '1');
            quoted.append(Character.forDigit(c & 0xf, 16));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
