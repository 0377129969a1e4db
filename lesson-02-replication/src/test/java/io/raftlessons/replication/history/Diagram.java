package io.raftlessons.replication.history;

import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Histories drawn with time from left to right, a client on each line: {@code c1 |put 1 | |get
 * =1|}. An operation begins at a bar and ends at the next one if it was answered, at {@code !} if
 * it surely failed, at {@code ?} if its outcome is unknown. The key is x, or what stands before a
 * dot: {@code y.put 1}. {@code cas 1>2 =true} expects 1; {@code cas >1} expects no value.
 */
final class Diagram {
  private static final Pattern OPERATION =
      Pattern.compile("\\|(?:(\\w+)\\.)?(\\w+)(?: (\\w*)>)? ?(\\w*) *(?:=(\\S*?))? *([|!?])");

  private Diagram() {}

  static List<Operation> history(String diagram) {
    List<Operation> history = new ArrayList<>();
    for (String line : diagram.lines().toList()) {
      String client = line.substring(0, line.indexOf(' '));
      Matcher operation = OPERATION.matcher(line);
      int drawn = 0;
      while (operation.find()) {
        drawn += 2;
        history.add(
            new Operation(
                client,
                Kind.valueOf(operation.group(2).toUpperCase(Locale.ROOT)),
                orElse(operation.group(1), "x"),
                orElse(operation.group(3), ""),
                operation.group(4),
                orElse(operation.group(5), ""),
                operation.start(),
                operation.end() - 1L,
                switch (operation.group(6)) {
                  case "|" -> Status.OK;
                  case "!" -> Status.FAIL;
                  default -> Status.UNKNOWN;
                }));
      }
      if (drawn != line.chars().filter(c -> "|!?".indexOf(c) >= 0).count()) {
        throw new IllegalArgumentException("not understood: " + line);
      }
    }
    return history;
  }

  private static String orElse(String text, String other) {
    return text == null ? other : text;
  }
}
