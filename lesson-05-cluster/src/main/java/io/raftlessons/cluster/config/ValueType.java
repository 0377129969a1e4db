package io.raftlessons.cluster.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of values a setting can have. Immutable. */
public sealed interface ValueType {
  /** What is accepted, for people: "a port, 1 to 65535". */
  String describe();

  /** Whether this text is such a value. */
  boolean accepts(String value);

  /** Text that matches a pattern. */
  record Text(Pattern pattern, String describe) implements ValueType {
    @Override
    public boolean accepts(String value) {
      return pattern.matcher(value).matches();
    }
  }

  /** A whole number. */
  record Whole(String what, long min, long max) implements ValueType {
    @Override
    public String describe() {
      return what + ", " + min + " to " + max;
    }

    @Override
    public boolean accepts(String value) {
      if (!value.matches("[0-9]{1,18}")) {
        return false;
      }
      long number = Long.parseLong(value);
      return number >= min && number <= max;
    }
  }

  /** A number with a unit: {@code 150ms}, {@code 2s}, {@code 1m}. */
  record Time(Duration min, Duration max) implements ValueType {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m)");

    @Override
    public String describe() {
      return "a time, " + format(min) + " to " + format(max);
    }

    @Override
    public boolean accepts(String value) {
      if (!FORM.matcher(value).matches()) {
        return false;
      }
      Duration time = parse(value);
      return time.compareTo(min) >= 0 && time.compareTo(max) <= 0;
    }

    static Duration parse(String value) {
      Matcher form = FORM.matcher(value);
      if (!form.matches()) {
        throw new IllegalArgumentException("not a time: " + value);
      }
      long number = Long.parseLong(form.group(1));
      return switch (form.group(2)) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        default -> Duration.ofMinutes(number);
      };
    }

    private static String format(Duration time) {
      if (time.toMillisPart() != 0) {
        return time.toMillis() + "ms";
      }
      return time.toSecondsPart() != 0 ? time.toSeconds() + "s" : time.toMinutes() + "m";
    }
  }

  /** A number of bytes in binary units: {@code 64k}, {@code 256m}, {@code 2g}. */
  record Size(String smallest, String largest) implements ValueType {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,6})([kmg])");

    @Override
    public String describe() {
      return "a size, " + smallest + " to " + largest;
    }

    @Override
    public boolean accepts(String value) {
      if (!FORM.matcher(value).matches()) {
        return false;
      }
      long size = parse(value);
      return size >= parse(smallest) && size <= parse(largest);
    }

    static long parse(String value) {
      Matcher form = FORM.matcher(value);
      if (!form.matches()) {
        throw new IllegalArgumentException("not a size: " + value);
      }
      long number = Long.parseLong(form.group(1));
      return switch (form.group(2)) {
        case "k" -> number << 10;
        case "m" -> number << 20;
        default -> number << 30;
      };
    }
  }
}
