package io.raftlessons.script;

import java.util.List;

/** The lines in which a trace is not what the script says, each with the step that it is of. */
final class TraceDifference {
  private final List<String> expected;
  private final List<String> happened;

  /** How many lines from these two on are the same, at most. */
  private final int[][] same;

  private final StringBuilder text = new StringBuilder();
  private String step = "";

  TraceDifference(List<String> expected, List<String> happened) {
    this.expected = expected;
    this.happened = happened;
    same = new int[expected.size() + 1][happened.size() + 1];
    for (int i = expected.size() - 1; i >= 0; i--) {
      for (int j = happened.size() - 1; j >= 0; j--) {
        same[i][j] =
            expected.get(i).equals(happened.get(j))
                ? 1 + same[i + 1][j + 1]
                : Math.max(same[i + 1][j], same[i][j + 1]);
      }
    }
  }

  /**
   * Where the first of them is, and all.
   *
   * @param line where the trace begins in the file
   */
  String text(String file, int line) {
    int i = 0;
    int j = 0;
    int first = -1;
    while (i < expected.size() || j < happened.size()) {
      boolean both = i < expected.size() && j < happened.size();
      if (both && expected.get(i).equals(happened.get(j))) {
        i++;
        j++;
        continue;
      }
      first = first < 0 ? i : first;
      if (j == happened.size() || (both && same[i + 1][j] >= same[i][j + 1])) {
        add("expected", expected, i++);
      } else {
        add("happened", happened, j++);
      }
    }
    return file + ":" + (line + first) + ":\n" + text;
  }

  private void add(String what, List<String> trace, int at) {
    int head = at;
    while (head > 0 && trace.get(head).startsWith(" ")) {
      head--;
    }
    if (head < at && !trace.get(head).equals(step)) {
      text.append("  step:     ").append(trace.get(head)).append('\n');
    }
    step = trace.get(head);
    text.append("  ").append(what).append(": ").append(trace.get(at)).append('\n');
  }
}
