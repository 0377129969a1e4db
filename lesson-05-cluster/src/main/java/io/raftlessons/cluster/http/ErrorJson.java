package io.raftlessons.cluster.http;

import tools.jackson.databind.json.JsonMapper;

/** What every failure is answered with: {@code {"code","message","source"}}. */
public final class ErrorJson {
  private static final JsonMapper JSON = new JsonMapper();

  private ErrorJson() {}

  /**
   * @param code the HTTP status
   * @param message for people: what was wrong, and what is known of the outcome
   * @param source who failed
   */
  public static String of(int code, String message, String source) {
    return JSON.createObjectNode()
        .put("code", code)
        .put("message", message)
        .put("source", source)
        .toString();
  }
}
