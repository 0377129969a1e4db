package io.raftlessons.course.trace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a figure shows. A lesson's figures are listed in its {@code figures/figures.txt}: lines
 * {@code key: value}, a figure begins with {@code figure:}, lines that begin with {@code #} are for
 * the writer.
 *
 * @param name of the file, without ".svg"
 * @param scenario by name; null if it is a seed
 * @param seed of the lesson's simulation; null if it is a scenario
 * @param from the first step that is drawn
 * @param to the last one
 * @param lanes the servers that are drawn, in this order; none for all
 * @param logs whether the logs after the last step are drawn too
 * @param title in a line
 * @param alt the story, for who does not see it
 */
record FigureSpec(
    String name,
    @Nullable String scenario,
    @Nullable Long seed,
    int from,
    int to,
    List<String> lanes,
    boolean logs,
    String title,
    String alt) {

  /**
   * Reads a list of figures.
   *
   * @throws IllegalArgumentException if it makes no sense; the message says where and why
   */
  static List<FigureSpec> parse(String text) {
    List<FigureSpec> figures = new ArrayList<>();
    Map<String, String> keys = new LinkedHashMap<>();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int colon = line.indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException("figures.txt:" + (i + 1) + ": no 'key: value'");
      }
      String key = line.substring(0, colon);
      if (key.equals("figure") && !keys.isEmpty()) {
        figures.add(of(keys));
        keys.clear();
      }
      if (keys.put(key, line.substring(colon + 1).strip()) != null) {
        throw new IllegalArgumentException(
            "figures.txt:" + (i + 1) + ": " + key + " is there twice");
      }
    }
    if (!keys.isEmpty()) {
      figures.add(of(keys));
    }
    return figures;
  }

  private static FigureSpec of(Map<String, String> keys) {
    Map<String, String> left = new LinkedHashMap<>(keys);
    String name = take(left, "figure", keys);
    String[] steps = take(left, "steps", keys).split("-");
    String title = take(left, "title", keys);
    String alt = take(left, "alt", keys);
    String scenario = left.remove("scenario");
    String seed = left.remove("seed");
    String lanes = left.remove("servers");
    String logs = left.remove("logs");
    if ((scenario == null) == (seed == null) || steps.length != 2 || !left.isEmpty()) {
      throw new IllegalArgumentException(
          "figure "
              + name
              + " wants figure, scenario or seed, steps (as 3-20), title, alt, and may have servers"
              + " and logs: yes; it has "
              + keys.keySet());
    }
    return new FigureSpec(
        name,
        scenario,
        seed == null ? null : Long.valueOf(seed),
        Integer.parseInt(steps[0].strip()),
        Integer.parseInt(steps[1].strip()),
        lanes == null ? List.of() : List.of(lanes.split(" +")),
        "yes".equals(logs),
        title,
        alt);
  }

  private static String take(Map<String, String> left, String key, Map<String, String> keys) {
    String value = left.remove(key);
    if (value == null) {
      throw new IllegalArgumentException("a figure without " + key + ": " + keys);
    }
    return value;
  }
}
