package io.raftlessons.sim;

import java.util.BitSet;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * What to leave out of a run. A run decides many things: faults, client operations, messages. Each
 * kind is counted as it comes, from 1 on, and a plan names the numbers that do not happen. Seed and
 * plan together decide a run; with the empty plan it is the seed's own.
 *
 * <p>As text: {@code faults:1-4,6/messages:2-90}. Kinds without numbers are not named. Immutable.
 */
public final class Plan {
  /** What a plan can change. */
  public enum Kind {
    FAULTS,
    OPERATIONS,
    MESSAGES,
    /** Messages, by the same numbers, that arrive as early as the network can. */
    DELAYS;

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Leaves out nothing. */
  public static final Plan NOTHING = new Plan(new EnumMap<>(Kind.class));

  /** No run has as many decisions; it bounds what a mistyped number costs. */
  private static final int MAX_NUMBER = 10_000_000;

  private final Map<Kind, BitSet> numbers;

  private Plan(Map<Kind, BitSet> numbers) {
    this.numbers = numbers;
  }

  /**
   * Reads the text form; {@code ""} is the empty plan.
   *
   * @throws IllegalArgumentException if it is none; the message says where and why
   */
  public static Plan parse(String text) {
    Plan plan = NOTHING;
    if (text.isEmpty()) {
      return plan;
    }
    for (String part : text.split("/", -1)) {
      int colon = part.indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException(
            "plan: '" + part + "' is not of the form kind:numbers, such as faults:1-4,6");
      }
      Kind kind = kind(part.substring(0, colon));
      if (plan.numbers.containsKey(kind)) {
        throw new IllegalArgumentException("plan: " + kind.text() + " is there twice");
      }
      for (String range : part.substring(colon + 1).split(",", -1)) {
        int dash = range.indexOf('-');
        int from = number(dash < 0 ? range : range.substring(0, dash), part);
        int to = dash < 0 ? from : number(range.substring(dash + 1), part);
        if (to < from) {
          throw new IllegalArgumentException(
              "plan: '" + range + "' ends before it begins, in '" + part + "'");
        }
        plan = plan.with(kind, from, to);
      }
    }
    return plan;
  }

  private static Kind kind(String text) {
    for (Kind kind : Kind.values()) {
      if (kind.text().equals(text)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "plan: '" + text + "' is none of faults, operations, messages, delays");
  }

  private static int number(String text, String part) {
    int number = text.matches("[0-9]{1,8}") ? Integer.parseInt(text) : 0;
    if (number < 1 || number > MAX_NUMBER) {
      throw new IllegalArgumentException(
          "plan: '" + text + "' is no number from 1 to " + MAX_NUMBER + ", in '" + part + "'");
    }
    return number;
  }

  public boolean has(Kind kind, int number) {
    BitSet set = numbers.get(kind);
    return set != null && set.get(number);
  }

  /** How many numbers of this kind it has. */
  public int count(Kind kind) {
    BitSet set = numbers.get(kind);
    return set == null ? 0 : set.cardinality();
  }

  /** This plan and also the numbers from {@code from} to {@code to}, both included. */
  public Plan with(Kind kind, int from, int to) {
    Map<Kind, BitSet> more = new EnumMap<>(Kind.class);
    numbers.forEach((k, set) -> more.put(k, (BitSet) set.clone()));
    more.computeIfAbsent(kind, k -> new BitSet()).set(from, to + 1);
    return new Plan(more);
  }

  /** This plan without the numbers of this kind above {@code number}. */
  public Plan upTo(Kind kind, int number) {
    Map<Kind, BitSet> less = new EnumMap<>(Kind.class);
    numbers.forEach((k, set) -> less.put(k, k == kind ? set.get(0, number + 1) : set));
    less.values().removeIf(BitSet::isEmpty);
    return new Plan(less);
  }

  public boolean isEmpty() {
    return numbers.isEmpty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Plan plan && numbers.equals(plan.numbers);
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    numbers.forEach(
        (kind, set) -> {
          text.append(text.isEmpty() ? "" : "/").append(kind.text());
          char before = ':';
          for (int from = set.nextSetBit(0); from >= 0; ) {
            int to = set.nextClearBit(from) - 1;
            text.append(before).append(from).append(to > from ? "-" + to : "");
            before = ',';
            from = set.nextSetBit(to + 1);
          }
        });
    return text.toString();
  }
}
