package io.raftlessons.course;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes maps, lists, strings, numbers and booleans as JSON: the tests of the lessons have no
 * library for it.
 */
final class Json {
  private Json() {}

  static String of(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> string(String.valueOf(entry.getKey())) + ": " + of(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (value instanceof Iterable<?> list) {
      StringBuilder text = new StringBuilder("[");
      for (Object element : list) {
        text.append(text.length() == 1 ? "\n" : ",\n").append(of(element));
      }
      return text.append(']').toString();
    }
    return value instanceof Number || value instanceof Boolean
        ? value.toString()
        : string(value.toString());
  }

  private static String string(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
