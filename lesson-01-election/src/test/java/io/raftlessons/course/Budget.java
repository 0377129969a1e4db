package io.raftlessons.course;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many seeds of its lesson's simulation may pass before one fails on a bug.
 *
 * @param seeds from 1 on; 0 if no simulated run can show the bug
 * @param because why none can; "" if one can
 */
public record Budget(int seeds, String because) {
  /** About five times what most bugs need. */
  public static final Budget USUAL = new Budget(200, "");

  private static final Pattern FORMAT =
      Pattern.compile("([1-9][0-9]{0,6})|none, because\\s+(\\S.*)", Pattern.DOTALL);

  /** Of {@code 200} or {@code none, because ...}; empty if it is neither. */
  static Optional<Budget> parse(String text) {
    Matcher matcher = FORMAT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        matcher.group(1) == null
            ? new Budget(0, matcher.group(2).replace('\n', ' '))
            : new Budget(Integer.parseInt(matcher.group(1)), ""));
  }
}
