package io.raftlessons.course.trace;

import org.jspecify.annotations.Nullable;

/**
 * What a page says of a run, besides what happened in it.
 *
 * @param name the file's name without ".html"
 * @param lesson the module
 * @param impl whose parts ran: "reference", "mine", "bug:E01"
 * @param test the test or the scenario
 * @param seed null for a scenario that has none
 * @param ok whether it went as it should
 * @param rule the rule that was broken; "" if it went well
 * @param text what went wrong, or what the run shows
 * @param step the number of the event in which it went wrong; the last one otherwise
 * @param repeat the command that repeats it
 * @param shrunkFrom how many events of the simulator the run had before it was shrunk; 0 if it was
 *     not
 * @param shrunkTo and after it
 */
public record About(
    String name,
    String lesson,
    String impl,
    String test,
    @Nullable Long seed,
    boolean ok,
    String rule,
    String text,
    int step,
    String repeat,
    long shrunkFrom,
    long shrunkTo) {
  /** The rule is not said twice. */
  public About {
    text = text.startsWith(rule + ": ") ? text.substring(rule.length() + 2) : text;
  }

  /** Of a scenario that went as it should. */
  public static About ofScenario(String name, String lesson, LessonTraces.Shown shown) {
    return new About(
        name,
        lesson,
        currentImpl(),
        "scenario " + name,
        null,
        true,
        "",
        shown.title(),
        shown.recording().size() - 1,
        "./mvnw -q -pl " + lesson + " -am -Ptrace test -Dscenario=" + name,
        0,
        0);
  }

  /** Whose parts run. */
  public static String currentImpl() {
    return System.getProperty("raft.impl", "reference");
  }
}
