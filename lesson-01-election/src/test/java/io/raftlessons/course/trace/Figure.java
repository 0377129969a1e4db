package io.raftlessons.course.trace;

import io.raftlessons.course.trace.Recording.Event;
import io.raftlessons.course.trace.Recording.Fault;
import io.raftlessons.course.trace.Recording.Kind;
import io.raftlessons.course.trace.Recording.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A part of a run as a drawing for a text: what the page draws, with the same sizes and the same
 * style, and without its scripts. The same run gives the same text.
 */
final class Figure {
  private static final int HEAD = 30;
  private static final int MOST_LANE = 232;
  private static final int WIDTH = 860;
  private static final int SMALL_GUTTER = 52;
  private static final int CELL = 30;

  /** A stretch of time in which a server has one role and one term. */
  private record Stretch(int from, String role, long term) {}

  private final Recording run;
  private final FigureSpec spec;
  private final List<String> lanes;
  private final Map<Integer, Integer> rows = new TreeMap<>();
  private final StringBuilder out = new StringBuilder();
  private final int laneWidth;
  private final int width;
  private int height = HEAD;

  private Figure(Recording run, FigureSpec spec) {
    this.run = run;
    this.spec = spec;
    lanes = spec.lanes().isEmpty() ? run.nodes : spec.lanes();
    laneWidth =
        Math.min(MOST_LANE, (WIDTH - SMALL_GUTTER - Geometry.PAD) / Math.max(1, lanes.size()));
    width = SMALL_GUTTER + Geometry.PAD + lanes.size() * laneWidth;
    for (Event event : run.events.subList(spec.from(), spec.to() + 1)) {
      if (isDrawn(event)) {
        rows.put(event.number, height);
        height += Geometry.ROW;
      }
    }
  }

  /** The drawing as SVG. */
  static String svg(Recording run, FigureSpec spec) {
    if (spec.from() < 0 || spec.from() > spec.to() || spec.to() >= run.size()) {
      throw new IllegalArgumentException(
          spec.name()
              + ": no steps "
              + spec.from()
              + "-"
              + spec.to()
              + ", the last one is "
              + (run.size() - 1));
    }
    return new Figure(run, spec).draw();
  }

  private boolean isDrawn(Event event) {
    if (event.kind == Kind.SAY || event.quiet) {
      return false;
    }
    return event.node.isEmpty() || lanes.contains(event.node);
  }

  private String draw() {
    int diagram = height;
    List<String> logs = spec.logs() ? logs() : List.of();
    int whole = diagram + 10 + logs.size() * (CELL - 4) + (logs.isEmpty() ? 0 : 34);
    line(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"diagram\" role=\"img\""
            + " aria-labelledby=\"title alt\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">",
        width, whole, width, whole);
    line("<title id=\"title\">%s</title>", TracePage.escape(spec.title()));
    line("<desc id=\"alt\">%s</desc>", TracePage.escape(spec.alt()));
    line("<style>%n%s</style>", Resources.styleOfFigure());
    line(
        "<defs><pattern id=\"hatch\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\""
            + " patternTransform=\"rotate(45)\"><line class=\"hatchline\" x1=\"0\" y1=\"0\""
            + " x2=\"0\" y2=\"7\"/></pattern></defs>");
    line("<rect class=\"paper\" width=\"%d\" height=\"%d\" rx=\"6\"/>", width, whole);
    text("dim", 6, 20, "step");
    for (String lane : lanes) {
      text("head", x(lane) - 8, 20, lane);
    }
    run.faults.forEach(this::fault);
    lanes.forEach(this::lane);
    run.messages.forEach(this::message);
    rows.forEach((number, y) -> event(run.events.get(number), y));
    if (!logs.isEmpty()) {
      int y = diagram + 24;
      text("dim", 6, y - 4, "logs after step " + spec.to() + "; solid: committed");
      for (String log : logs) {
        line("<g transform=\"translate(0 %d)\">%s</g>", y, log);
        y += CELL - 4;
      }
    }
    return out.append("</svg>\n").toString();
  }

  private int x(String lane) {
    return SMALL_GUTTER + Geometry.PAD + lanes.indexOf(lane) * laneWidth;
  }

  /** Where an event is, or would be if it were drawn. */
  private int y(int number) {
    int y = HEAD;
    for (Map.Entry<Integer, Integer> row : rows.entrySet()) {
      if (row.getKey() > number) {
        return row.getKey() == number ? row.getValue() + Geometry.ROW / 2 : y;
      }
      y = row.getValue() + Geometry.ROW / 2;
    }
    return number > spec.to() ? height : y;
  }

  private void lane(String lane) {
    List<Stretch> stretches = stretches(lane);
    for (int i = 0; i < stretches.size(); i++) {
      Stretch stretch = stretches.get(i);
      int from = Math.max(HEAD, stretch.from() <= spec.from() ? HEAD : y(stretch.from()));
      int to = i + 1 < stretches.size() ? y(stretches.get(i + 1).from()) : height;
      if (stretch.from() > spec.to() || to <= from) {
        continue;
      }
      String style = stretch.role().isEmpty() ? "down" : stretch.role() + " s" + stretch.term() % 8;
      line(
          "<line class=\"lane %s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>",
          style, x(lane), from, x(lane), to);
    }
  }

  private List<Stretch> stretches(String lane) {
    List<Stretch> stretches = new ArrayList<>(List.of(new Stretch(-1, "", 0)));
    Map<String, Map<String, String>> state = run.stateBefore(0);
    for (Event event : run.events.subList(0, spec.to() + 1)) {
      Recording.apply(event, state);
      Map<String, String> now = state.getOrDefault(lane, Map.of());
      String role = now.getOrDefault("role", "");
      long term = Long.parseLong(now.getOrDefault("currentTerm", "0"));
      Stretch last = stretches.get(stretches.size() - 1);
      if (!last.role().equals(role) || last.term() != term) {
        stretches.add(new Stretch(event.number, role, term));
      }
    }
    return stretches;
  }

  private void fault(Fault fault) {
    int to = fault.to() < 0 ? Integer.MAX_VALUE : fault.to();
    if (fault.from() > spec.to() || to < spec.from()) {
      return;
    }
    int y0 = fault.from() < spec.from() ? HEAD : y(fault.from());
    int y1 = y(to);
    List<String> at = fault.nodes().stream().filter(lanes::contains).toList();
    if (fault.nodes().isEmpty()) {
      line(
          "<rect class=\"band\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
          SMALL_GUTTER, y0, width - SMALL_GUTTER, Math.max(2, y1 - y0));
    }
    for (String lane : at) {
      line(
          "<rect class=\"band\" x=\"%d\" y=\"%d\" width=\"44\" height=\"%d\"/>",
          x(lane) - 22, y0, Math.max(2, y1 - y0));
    }
  }

  private void message(Message message) {
    if (!lanes.contains(message.from) || !lanes.contains(message.to)) {
      return;
    }
    Integer from = rows.get(message.sentBy);
    for (int receiver : message.receivedBy) {
      Integer to = rows.get(receiver);
      if (from != null && to != null) {
        arrow(message, from + Geometry.ROW / 2, to + Geometry.ROW / 2);
      } else if (to != null) {
        arrow(message, y(message.sentBy), to + Geometry.ROW / 2);
      } else if (from != null && receiver > spec.to()) {
        arrow(message, from + Geometry.ROW / 2, height);
      }
    }
    if (from != null && message.receivedBy.isEmpty()) {
      stub(message, from + Geometry.ROW / 2);
    }
  }

  /** One that does not arrive. */
  private void stub(Message message, int y) {
    int from = x(message.from);
    int sign = x(message.to) > from ? 1 : -1;
    double atX = from + (x(message.to) - from) * .42;
    double atY = y + Geometry.ROW * .55;
    line(
        "<path class=\"msg %s lost\" d=\"M%d %dL%s %s\"/>",
        message.style, from + sign * 8, y, number(atX), number(atY));
    if (message.lost.isEmpty()) {
      line("<circle class=\"dot\" cx=\"%s\" cy=\"%s\" r=\"3\"/>", number(atX), number(atY));
    } else {
      line(
          "<path class=\"cross\" d=\"M%s %sl10 10m0 -10l-10 10\"/>",
          number(atX - 5), number(atY - 5));
    }
  }

  private void arrow(Message message, int fromY, int toY) {
    int sign = x(message.to) > x(message.from) ? 1 : -1;
    double fromX = x(message.from) + sign * 8;
    double toX = x(message.to) - sign * 7;
    double length = Math.max(1, Math.hypot(toX - fromX, toY - fromY));
    double ux = (toX - fromX) / length;
    double uy = (toY - fromY) / length;
    double neckX = toX - ux * 9;
    double neckY = toY - uy * 9;
    line(
        "<path class=\"msg %s\" data-m=\"%d\" d=\"M%s %sL%s %s\"/>",
        message.style, message.number, number(fromX), number(fromY), number(neckX), number(neckY));
    line(
        "<path class=\"head-m f-%s\" d=\"M%s %sL%s %sL%s %sZ\"/>",
        message.style,
        number(toX),
        number(toY),
        number(neckX - uy * 4),
        number(neckY + ux * 4),
        number(neckX + uy * 4),
        number(neckY - ux * 4));
  }

  private void event(Event event, int top) {
    int y = top + Geometry.ROW / 2;
    text("dim", 6, y + 4, Integer.toString(event.number));
    if (event.node.isEmpty()) {
      text("fault", SMALL_GUTTER + 4, y + 4, fit("! " + event.label, width - SMALL_GUTTER - 8));
      return;
    }
    int x = x(event.node);
    if (event.kind == Kind.CRASH || event.kind == Kind.STOP) {
      line("<circle class=\"dot\" cx=\"%d\" cy=\"%d\" r=\"7\"/>", x, y);
      line("<path class=\"cross\" d=\"M%d %dl8 8m0 -8l-8 8\"/>", x - 4, y - 4);
    } else {
      String kind = event.kind.name().toLowerCase(Locale.ROOT);
      line("<circle class=\"dot %s\" cx=\"%d\" cy=\"%d\" r=\"4\"/>", kind, x, y);
    }
    if (!event.disk.isEmpty()) {
      line("<path class=\"msg oth\" d=\"M%d %dv8m-3 -3l3 3l3 -3\"/>", x - 13, y - 4);
    }
    int room = lanes.size() > 3 ? Math.min(width - x - 20, laneWidth * 19 / 10) : laneWidth - 22;
    String first = event.message < 0 ? "" : fit(run.messages.get(event.message).label, room);
    double left = room - first.length() * Geometry.CHAR;
    String rest = event.label.isEmpty() ? "" : (first.isEmpty() ? "" : ": ") + event.label;
    String style = event.message < 0 ? "" : "f-" + run.messages.get(event.message).style;
    line(
        "<text x=\"%d\" y=\"%d\"><tspan class=\"%s\">%s</tspan>%s</text>",
        x + 13,
        y + 4,
        style,
        TracePage.escape(first),
        left > 3 * Geometry.CHAR ? TracePage.escape(fit(rest, left)) : "");
  }

  /** The servers' logs after the last step, a row of cells each. */
  private List<String> logs() {
    Map<String, Map<String, String>> state = run.stateBefore(spec.to() + 1);
    List<String> logs = new ArrayList<>();
    for (String lane : lanes) {
      Map<String, String> fields = state.getOrDefault(lane, Map.of());
      if (!fields.containsKey("log")) {
        logs.add("<text class=\"dim\" x=\"6\" y=\"16\">" + lane + " is down</text>");
        continue;
      }
      long commit = Long.parseLong(fields.getOrDefault("commitIndex", "0"));
      StringBuilder log = new StringBuilder("<text x=\"6\" y=\"16\">" + lane + "</text>");
      for (String entry : Labels.entries(fields.get("log"))) {
        long index = Long.parseLong(entry.substring(0, entry.indexOf(':')));
        long term = Long.parseLong(entry.substring(entry.indexOf(':') + 1));
        long x = SMALL_GUTTER + (index - 1) * CELL;
        log.append(
            String.format(
                Locale.ROOT,
                "<rect class=\"cell s%d%s\" x=\"%d\" y=\"0\" width=\"%d\" height=\"%d\"/>"
                    + "<text x=\"%d\" y=\"16\" text-anchor=\"middle\">%d</text>",
                term % 8,
                index <= commit ? "" : " open",
                x,
                CELL - 3,
                CELL - 8,
                x + CELL / 2 - 1,
                term));
      }
      logs.add(log.toString());
    }
    return logs;
  }

  private static String fit(String text, double pixels) {
    int columns = Math.max(2, (int) (pixels / Geometry.CHAR));
    return text.length() <= columns ? text : text.substring(0, columns - 1) + "…";
  }

  /** One decimal, and none if it is zero. */
  private static String number(double value) {
    long tenths = Math.round(value * 10);
    return tenths % 10 == 0 ? Long.toString(tenths / 10) : Double.toString(tenths / 10.0);
  }

  private void text(String style, int x, int y, String text) {
    line("<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>", style, x, y, TracePage.escape(text));
  }

  private void line(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
