package io.raftlessons.course.trace;

import java.util.LinkedHashMap;
import java.util.Map;

/** Sizes in pixels that the page and the figures share. */
final class Geometry {
  /** Of an event. */
  static final int ROW = 22;

  /** Left of the lanes: step and time. */
  static final int GUTTER = 104;

  /** Between the gutter and the first lane. */
  static final int PAD = 26;

  /** Of a line of what is said. */
  static final int SAY = 18;

  /** Of the lane of the clients. */
  static final int CLIENT = 160;

  /** A character's width: in 12 px of a monospaced face, and about in 13 px of another. */
  static final double CHAR = 7.25;

  static final double SAY_CHAR = 6.9;

  private Geometry() {}

  static Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("row", ROW);
    json.put("gutter", GUTTER);
    json.put("pad", PAD);
    json.put("say", SAY);
    json.put("client", CLIENT);
    json.put("char", CHAR);
    json.put("sayChar", SAY_CHAR);
    return json;
  }
}
