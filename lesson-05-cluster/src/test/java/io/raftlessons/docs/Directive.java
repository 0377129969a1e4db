package io.raftlessons.docs;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line {@code <!-- kind word word key="value" -->}: what the lines below it are generated from.
 *
 * @param kind {@code code}, {@code run} or {@code table}
 */
record Directive(String kind, List<String> words, Map<String, String> values) {
  private static final Pattern LINE =
      Pattern.compile("\\s*<!-- (code|run|table) (\\S(?:.*\\S)?) -->\\s*");

  private static final Pattern VALUE = Pattern.compile("\\s*\\b(\\w+)=\"([^\"]*)\"");

  static boolean is(String line) {
    return LINE.matcher(line).matches();
  }

  static Directive parse(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new DocsException("no directive: " + line);
    }
    Map<String, String> values = new TreeMap<>();
    Matcher value = VALUE.matcher(matcher.group(2));
    while (value.find()) {
      values.put(value.group(1), value.group(2));
    }
    String words = VALUE.matcher(matcher.group(2)).replaceAll("").strip();
    return new Directive(matcher.group(1), List.of(words.split("\\s+")), values);
  }

  /**
   * The word at a place.
   *
   * @throws DocsException if there is none
   */
  String word(int at, String meaning) {
    if (at >= words.size()) {
      throw new DocsException("<!-- " + kind + " " + words + " --> lacks " + meaning);
    }
    return words.get(at);
  }

  int number(String key, int otherwise) {
    String value = values.get(key);
    return value == null ? otherwise : Integer.parseInt(value);
  }
}
