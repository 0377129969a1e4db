package io.raftlessons.course;

import io.raftlessons.course.Score.Line;
import io.raftlessons.course.Score.Row;

/** A score as one page without any request, for a light and a dark screen. */
final class ScorePage {
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>%1$s</title>
      <style>
      :root { color-scheme: light dark; --text: #1b1b1b; --back: #fff; --line: #d0d0d0; --good: #1a6b33; --bad: #a3241b; --dim: #666; }
      @media (prefers-color-scheme: dark) { :root { --text: #e8e8e8; --back: #181818; --line: #444; --good: #7fd197; --bad: #ff9a8f; --dim: #a0a0a0; } }
      body { font: 16px/1.45 system-ui, sans-serif; color: var(--text); background: var(--back); margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
      table { border-collapse: collapse; width: 100%%; }
      th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
      td.points { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
      th { border-bottom-width: 2px; } tr.row td { font-weight: 600; padding-top: 1rem; }
      .passed { color: var(--good); } .failed { color: var(--bad); } .not { color: var(--dim); }
      code { font-size: .9em; overflow-wrap: anywhere; }
      a { color: inherit; }
      </style></head><body>
      <h1>%1$s</h1>
      <p>%2$s</p>
      <table><thead><tr><th scope="col">Test</th><th scope="col">Points</th><th scope="col">State</th><th scope="col">What was seen</th></tr></thead><tbody>
      """;

  private final Score score;

  ScorePage(Score score) {
    this.score = score;
  }

  String html() {
    StringBuilder html = new StringBuilder();
    String title =
        String.format("%s: %d of %d points", score.lesson().name(), score.points(), score.max());
    html.append(String.format(HEAD, escape(title), escape("Graded: " + score.whose() + ".")));
    for (Row row : score.rows()) {
      html.append(
          String.format(
              "<tr class=\"row\"><td>%s</td><td class=\"points\">%d / %d</td><td></td><td></td></tr>%n",
              escape((row.id() + " " + row.title()).strip()), row.points(), row.max()));
      row.lines().forEach(line -> append(html, line));
    }
    return html.append("</tbody></table></body></html>\n").toString();
  }

  private static void append(StringBuilder html, Line line) {
    Grade grade = line.grade();
    String state = grade.stateInWords();
    html.append(
        String.format(
            "<tr><td><code>%s</code></td><td class=\"points\">%d / %d</td><td class=\"%s\">%s</td><td>%s%s</td></tr>%n",
            escape(line.test().id()),
            line.points(),
            line.test().points(),
            state.split(" ")[0],
            state,
            escape(said(line)),
            grade.trace().isEmpty() ? "" : trace(grade.trace())));
  }

  private static String said(Line line) {
    Grade grade = line.grade();
    String share =
        grade.total() > 1 ? grade.clean() + " of " + grade.total() + " seeds clean. " : "";
    return share
        + switch (grade.state()) {
          case PASSED -> "";
          case FAILED -> line.why();
          case NOT_STARTED -> "waits for exercise " + grade.why();
          case NOT_RUN -> grade.why();
        };
  }

  /** The page is in target/score. */
  private static String trace(String page) {
    String relative = page.substring(page.indexOf("target/traces/") + "target/".length());
    return " <a href=\"../" + escape(relative) + "\">trace</a>";
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
