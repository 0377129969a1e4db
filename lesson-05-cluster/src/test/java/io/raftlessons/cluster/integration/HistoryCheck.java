package io.raftlessons.cluster.integration;

import io.raftlessons.cluster.integration.Operation.Append;
import io.raftlessons.cluster.integration.Operation.Increment;
import io.raftlessons.cluster.integration.Operation.Outcome;
import io.raftlessons.cluster.integration.Operation.ReadCounter;
import io.raftlessons.cluster.integration.Operation.ReadList;
import io.raftlessons.cluster.integration.Operation.Span;
import io.raftlessons.cluster.integration.Operation.Swap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Whether what clients saw is what one machine could have answered that takes each call once and at
 * one moment while it is under way (linearizability).
 *
 * <p>No search is needed: every element and every value is written by one call only, so the final
 * state tells the order of all effects. What remains is to compare that order with the answers and
 * with real time.
 */
final class HistoryCheck {
  /** An operation's place in the order of effects; reads lie between two writes. */
  private record Placed(long order, Span span, String what) {}

  private final List<Operation> history;
  private final State end;
  private final List<String> violations = new ArrayList<>();

  private HistoryCheck(List<Operation> history, State end) {
    this.history = history;
    this.end = end;
  }

  /** What is wrong, in words; empty if nothing is. */
  static List<String> violations(List<Operation> history, State end) {
    HistoryCheck check = new HistoryCheck(history, end);
    check.each(Append.class, Append::list, end.lists().keySet(), check::list);
    check.each(Increment.class, Increment::counter, end.counters().keySet(), check::counter);
    check.each(Swap.class, Swap::register, end.registers().keySet(), check::register);
    return check.violations;
  }

  private interface OneKey<T> {
    void check(String key, List<T> operations);
  }

  private <T extends Operation> void each(
      Class<T> kind, Function<T, String> key, Set<String> keys, OneKey<T> check) {
    Map<String, List<T>> byKey = new TreeMap<>();
    keys.forEach(name -> byKey.put(name, new ArrayList<>()));
    of(kind).forEach(o -> byKey.computeIfAbsent(key.apply(o), k -> new ArrayList<>()).add(o));
    byKey.forEach(check::check);
  }

  private <T extends Operation> Stream<T> of(Class<T> kind) {
    return history.stream().filter(kind::isInstance).map(kind::cast);
  }

  private void list(String name, List<Append> appends) {
    List<String> elements = end.lists().getOrDefault(name, List.of());
    Map<String, Integer> positions = new TreeMap<>();
    for (int i = 0; i < elements.size(); i++) {
      if (positions.putIfAbsent(elements.get(i), i + 1) != null) {
        wrong("%s has %s twice", name, elements.get(i));
      }
    }
    Set<String> unasked = new TreeSet<>(positions.keySet());
    List<Placed> order = new ArrayList<>();
    for (Append append : appends) {
      unasked.remove(append.element());
      int position = positions.getOrDefault(append.element(), 0);
      String what = "%s of %s to %s".formatted(append.element(), append.span().client(), name);
      boolean acknowledged = append.span().outcome() == Outcome.ACKNOWLEDGED;
      effect(append.span(), position > 0, what);
      if (acknowledged && position > 0 && position != append.length()) {
        wrong("%s was answered with length %d, but is at %d", what, append.length(), position);
      }
      if (position > 0) {
        order.add(new Placed(2L * position, append.span(), what));
      }
    }
    unasked.forEach(element -> wrong("%s has %s, which nobody appended", name, element));
    of(ReadList.class)
        .filter(read -> read.list().equals(name))
        .forEach(
            read -> {
              int length = read.elements().size();
              if (length > elements.size()
                  || !read.elements().equals(elements.subList(0, length))) {
                wrong("%s read %s as no prefix of its end", read.span().client(), name);
              }
              order.add(read(length, read.span(), name));
            });
    realTime(order);
  }

  private void counter(String name, List<Increment> increments) {
    long value = end.counters().getOrDefault(name, 0L);
    long acknowledged = 0;
    long unknown = 0;
    Set<Long> sums = new TreeSet<>();
    List<Placed> order = new ArrayList<>();
    for (Increment increment : increments) {
      switch (increment.span().outcome()) {
        case ACKNOWLEDGED -> {
          acknowledged++;
          long sum = increment.sum();
          String what = "sum %d of %s for %s".formatted(sum, name, increment.span().client());
          if (sum < 1 || sum > value) {
            wrong("%s is not within 1 to %d", what, value);
          }
          if (!sums.add(sum)) {
            wrong("%s was answered to another one, too", what);
          }
          order.add(new Placed(2 * sum, increment.span(), what));
        }
        case UNKNOWN -> unknown++;
        case REFUSED -> {}
      }
    }
    if (value < acknowledged || value > acknowledged + unknown) {
      wrong(
          "%s is %d after %d acknowledged increments and %d unknown ones",
          name, value, acknowledged, unknown);
    }
    of(ReadCounter.class)
        .filter(read -> read.counter().equals(name))
        .forEach(read -> order.add(read(read.value(), read.span(), name)));
    realTime(order);
  }

  /** Follows the values back from the last one: each names its predecessor. */
  private void register(String name, List<Swap> swaps) {
    Map<String, Swap> byValue = new TreeMap<>();
    swaps.forEach(swap -> byValue.put(swap.value(), swap));
    List<Swap> chain = new ArrayList<>();
    String value = end.registers().getOrDefault(name, "");
    while (!value.isEmpty()) {
      Swap swap = byValue.remove(value);
      if (swap == null) {
        wrong("%s had %s, which nobody wrote, or which came back", name, value);
        break;
      }
      chain.add(0, swap);
      value = swap.expected();
    }
    List<Placed> order = new ArrayList<>();
    for (Swap swap : chain) {
      String what = "%s of %s in %s".formatted(swap.value(), swap.span().client(), name);
      boolean refused = swap.span().outcome() == Outcome.ACKNOWLEDGED && !swap.swapped();
      if (refused || swap.span().outcome() == Outcome.REFUSED) {
        wrong("%s was not to be written, but was", what);
      }
      order.add(new Placed(order.size(), swap.span(), what));
    }
    for (Swap swap : byValue.values()) {
      if (swap.span().outcome() == Outcome.ACKNOWLEDGED && swap.swapped()) {
        wrong("%s of %s in %s is lost", swap.value(), swap.span().client(), name);
      }
    }
    realTime(order);
  }

  private void effect(Span span, boolean there, String what) {
    if (there && span.outcome() == Outcome.REFUSED) {
      wrong("%s was refused, but is there", what);
    }
    if (!there && span.outcome() == Outcome.ACKNOWLEDGED) {
      wrong("%s is lost", what);
    }
  }

  private static Placed read(long writesBefore, Span span, String name) {
    return new Placed(
        2 * writesBefore + 1, span, "read of %s by %s".formatted(name, span.client()));
  }

  /** What ended before another one began has an earlier place. */
  private void realTime(List<Placed> operations) {
    operations.sort(
        Comparator.comparingLong(Placed::order).thenComparingLong(placed -> placed.span().begin()));
    Placed latest = new Placed(0, new Span("", Long.MIN_VALUE, 0, Outcome.UNKNOWN), "");
    for (Placed placed : operations) {
      if (placed.span().effectBy() < latest.span().begin()) {
        wrong("%s comes after %s, which began later", placed.what(), latest.what());
      }
      if (placed.span().begin() > latest.span().begin()) {
        latest = placed;
      }
    }
  }

  private void wrong(String format, Object... arguments) {
    violations.add(format.formatted(arguments));
  }
}
