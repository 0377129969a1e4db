package io.raftlessons.course.trace;

import io.raftlessons.course.trace.Recording.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A run as one page that needs nothing else: no network, no server, no other file. */
public final class TracePage {
  private static final Pattern PLACE = Pattern.compile("@([A-Z_]+)@");

  /** Without scripts there is a table of the last events. */
  private static final int ROWS_WITHOUT_SCRIPT = 300;

  private TracePage() {}

  /** The page. */
  public static String html(Recording run, About about) {
    Map<String, String> parts =
        Map.of(
            "TITLE", escape(about.name() + ": " + (about.ok() ? about.test() : about.rule())),
            "DIAGRAM_CSS", Resources.styleOfPage(),
            "DATA", Json.text(TraceJson.of(run, about)),
            "TABLE", table(run, about),
            "SCRIPT", Resources.text("page.js"));
    return PLACE
        .matcher(Resources.text("page.html"))
        .replaceAll(place -> Matcher.quoteReplacement(parts.get(place.group(1))));
  }

  /**
   * Writes the page to {@code target/traces} of the module whose tests run.
   *
   * @return where it is
   */
  public static Path write(Recording run, About about) {
    Path file = Path.of("target", "traces", about.name() + ".html").toAbsolutePath();
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, html(run, about));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  private static String table(Recording run, About about) {
    StringBuilder out = new StringBuilder("<h1>" + escape(about.text()) + "</h1>\n<table>");
    out.append("<caption>").append(escape(about.repeat())).append("</caption>\n");
    out.append("<tr><th>step<th>ms<th>server<th>message<th>what</tr>\n");
    List<Event> events = run.events;
    for (Event event :
        events.subList(Math.max(0, events.size() - ROWS_WITHOUT_SCRIPT), events.size())) {
      out.append("<tr><td>").append(event.number);
      out.append("<td>").append(event.nanos / 1_000 / 1_000.0);
      out.append("<td>").append(escape(event.node));
      out.append("<td>");
      if (event.message >= 0) {
        Recording.Message message = run.messages.get(event.message);
        out.append(escape(message.type + " from " + message.from));
      }
      out.append("<td>").append(escape(event.label)).append("</tr>\n");
    }
    return out.append("</table>").toString();
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
