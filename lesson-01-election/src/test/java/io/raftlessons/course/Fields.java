package io.raftlessons.course;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lines {@code key: value}. A value may be a block instead: nothing after the colon, and the lines
 * below it indented by four spaces, which do not belong to it. Each is taken once; what is left at
 * the end is a mistake.
 */
final class Fields {
  private static final Pattern LINE = Pattern.compile("([a-z]+(?:-[a-z]+)?(?:-[0-9]+)?):(.*)");
  private static final String INDENT = "    ";

  private final Function<String, RuntimeException> broken;
  private final Map<String, String> values = new LinkedHashMap<>();

  /**
   * @param first the number of the first line in its file
   * @param broken makes the exception that tells of a problem
   */
  Fields(List<String> lines, int first, Function<String, RuntimeException> broken) {
    this.broken = broken;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank()) {
        continue;
      }
      int number = first + i;
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw broken("line " + number + " is neither 'key: value' nor part of a block: " + line);
      }
      String value = matcher.group(2).strip();
      if (value.isEmpty()) {
        List<String> block = block(lines.subList(i + 1, lines.size()));
        i += block.size();
        value = String.join("\n", block).stripTrailing();
      }
      if (values.put(matcher.group(1), value) != null) {
        throw broken("line " + number + ": a second '" + matcher.group(1) + "'");
      }
    }
  }

  private static List<String> block(List<String> lines) {
    List<String> block = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith(INDENT)) {
        block.add(line.substring(INDENT.length()));
      } else if (line.isBlank()) {
        block.add("");
      } else {
        break;
      }
    }
    return block;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /** One that must be there, and not be empty. */
  String take(String key) {
    String value = takeIfThere(key);
    if (value == null || value.isEmpty()) {
      throw broken("'" + key + "' is missing");
    }
    return value;
  }

  @Nullable String takeIfThere(String key) {
    return values.remove(key);
  }

  /** Nothing may be left. */
  void end() {
    if (!values.isEmpty()) {
      throw broken("unknown: " + new TreeSet<>(values.keySet()));
    }
  }

  RuntimeException broken(String problem) {
    return broken.apply(problem);
  }
}
