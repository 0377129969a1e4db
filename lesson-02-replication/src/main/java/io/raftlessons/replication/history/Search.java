package io.raftlessons.replication.history;

import io.raftlessons.replication.history.Operation.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of one key's operations: depth first, by the algorithm of Wing and Gong (1993)
 * with the memory of Lowe (2017). An operation may come next if it was called before the first
 * return among those that are not placed yet. What was reached before, the same operations placed
 * and the same state, is not searched again. And what changes nothing is placed as soon as it fits:
 * no order is lost by that.
 *
 * <p>Operations of unknown outcome have no return: they need not be placed, and are tried only
 * where no answered one leads on. Rules keep them from being tried in every order. One that changes
 * nothing is not placed. One that undoes the effect of an unknown one just before it makes that one
 * needless. Of those with the same effect the one called first goes first. A place that was reached
 * with fewer of them is as good as one with more. One after which some answered one cannot come any
 * more is not placed. And orders with few of them in a row are searched before those with many.
 */
final class Search<S> {
  private static final int SHOWN = 12;

  /**
   * A step that can be taken back.
   *
   * @param row how many unknown ones in a row this is the last of
   * @param isChoice whether others may be tried in its place
   */
  private record Placed<S>(Event call, S before, long firstReturn, int row, boolean isChoice) {}

  /** Which answered operations are placed, and what state that leads to. */
  private record Place<S>(BitSet answered, S state) {}

  /** How a place was reached. */
  private record Way(BitSet unknown, int row) {
    boolean isAsGoodAs(BitSet otherUnknown, int otherRow) {
      if (row > otherRow) {
        return false;
      }
      for (int i = unknown.nextSetBit(0); i >= 0; i = unknown.nextSetBit(i + 1)) {
        if (!otherUnknown.get(i)) {
          return false;
        }
      }
      return true;
    }
  }

  private final String key;
  private final Model<S> model;
  private final Budget budget;
  private final Event answered;
  private final Event unknown;
  private final int total;
  private final boolean onlyGrows;
  private final Deque<Placed<S>> order = new ArrayDeque<>();
  private final BitSet answeredPlaced = new BitSet();
  private final BitSet unknownPlaced = new BitSet();

  private final Map<Place<S>, List<Way>> reached = new LinkedHashMap<>();

  private S state;

  /** So many unknown ones are placed in a row at most. */
  private int longestRow;

  private boolean longerRowsMayHelp;

  /** When the first operation returns that is not placed; unknown calls after it must wait. */
  private long firstReturn;

  private boolean budgetSpent;
  private int most = -1;
  private String furthest = "";

  Search(String key, List<Operation> operations, Model<S> model, Budget budget) {
    this.key = key;
    this.model = model;
    this.budget = budget;
    state = model.initial();
    List<Event> events = new ArrayList<>();
    List<Event> open = new ArrayList<>();
    List<Operation> sorted = new ArrayList<>(operations);
    sorted.sort(Comparator.comparingLong(Operation::callNanos));
    onlyGrows = sorted.stream().allMatch(model::onlyGrows);
    for (Operation operation : sorted) {
      boolean isAnswered = operation.status() == Status.OK;
      Event call = new Event(operation, true, isAnswered ? events.size() / 2 : open.size());
      if (isAnswered) {
        call.itsReturn = new Event(operation, false, call.number);
        events.add(call);
        events.add(call.itsReturn);
      } else {
        call.twin = lastWithTheSameEffect(open, operation);
        open.add(call);
      }
    }
    total = events.size() / 2;
    // What returns when another is called overlaps it.
    events.sort(Comparator.comparingLong(Event::time).thenComparing(event -> !event.isCall));
    answered = Event.list(events);
    unknown = Event.list(open);
  }

  private static @Nullable Event lastWithTheSameEffect(List<Event> events, Operation operation) {
    for (int i = events.size() - 1; i >= 0; i--) {
      Operation other = events.get(i).operation;
      if (other.kind() == operation.kind()
          && other.expect().equals(operation.expect())
          && other.value().equals(operation.value())) {
        return events.get(i);
      }
    }
    return null;
  }

  Verdict run() {
    Verdict verdict;
    do {
      longestRow++;
      longerRowsMayHelp = false;
      reached.clear();
      verdict = search();
    } while (verdict.outcome() == Verdict.Outcome.VIOLATION && longerRowsMayHelp);
    return verdict;
  }

  private Verdict search() {
    placeWhatChangesNothing();
    Event candidate = answered.next;
    while (answered.next != null) {
      if (budgetSpent) {
        remember();
        return new Verdict(
            Verdict.Outcome.INCONCLUSIVE, "the budget was spent; the furthest so far: " + furthest);
      }
      if (candidate == null) {
        remember();
        candidate = takeBack();
        if (candidate == null && order.isEmpty()) {
          return new Verdict(Verdict.Outcome.VIOLATION, furthest);
        }
      } else if (!candidate.isCall) {
        firstReturn = candidate.time();
        candidate = inTime(unknown.next);
      } else if (tryNext(candidate)) {
        candidate = answered.next;
      } else {
        candidate = following(candidate);
      }
    }
    return Verdict.OK;
  }

  private @Nullable Event following(Event call) {
    return call.isUnknown() ? inTime(call.next) : call.next;
  }

  private @Nullable Event inTime(@Nullable Event unknownCall) {
    return unknownCall != null && unknownCall.time() <= firstReturn ? unknownCall : null;
  }

  private @Nullable S step(S from, Operation operation) {
    budgetSpent |= !budget.take();
    return model.step(from, operation);
  }

  /** Places the operation, unless it cannot come next or need not be tried. */
  private boolean tryNext(Event call) {
    S after = step(state, call.operation);
    if (after == null || (call.isUnknown() && isNeedless(call, after))) {
      return false;
    }
    int row = call.isUnknown() ? row() + 1 : 0;
    if (row > longestRow) {
      longerRowsMayHelp = true;
      return false;
    }
    place(call, after, row, true);
    placeWhatChangesNothing();
    if (isNew()) {
      return true;
    }
    takeBack();
    return false;
  }

  private void place(Event call, S after, int row, boolean isChoice) {
    order.push(new Placed<>(call, state, firstReturn, row, isChoice));
    (call.isUnknown() ? unknownPlaced : answeredPlaced).set(call.number);
    state = after;
    call.place();
  }

  private void placeWhatChangesNothing() {
    Event call = answered.next;
    while (call != null && call.isCall && !budgetSpent) {
      Event following = call.next;
      if (model.changesNothing(call.operation) && step(state, call.operation) != null) {
        place(call, state, 0, false);
        if (following != null && following.equals(call.itsReturn)) {
          following = following.next; // taken out with its call
        }
      }
      call = following;
    }
  }

  private int row() {
    Placed<S> last = order.peek();
    return last == null ? 0 : last.row;
  }

  private boolean isNeedless(Event call, S after) {
    if (after.equals(state) || (call.twin != null && !call.twin.placed)) {
      return true;
    }
    Placed<S> last = order.peek();
    boolean undoes =
        last != null && last.row > 0 && after.equals(step(last.before, call.operation));
    return undoes || (onlyGrows && !mayPrecedeAllThatIsLeft(after));
  }

  private boolean mayPrecedeAllThatIsLeft(S after) {
    for (Event event = answered.next; event != null; event = event.next) {
      if (!event.isCall && !model.mayPrecede(after, event.operation)) {
        return false;
      }
    }
    return true;
  }

  private boolean isNew() {
    Place<S> place = new Place<>((BitSet) answeredPlaced.clone(), state);
    List<Way> ways = reached.computeIfAbsent(place, p -> new ArrayList<>(1));
    int row = row();
    for (Way way : ways) {
      if (way.isAsGoodAs(unknownPlaced, row)) {
        return false;
      }
    }
    ways.add(new Way((BitSet) unknownPlaced.clone(), row));
    return true;
  }

  /** Undoes the last choice and what followed from it; returns what is to be tried instead. */
  private @Nullable Event takeBack() {
    Placed<S> last;
    do {
      last = order.poll();
      if (last == null) {
        return null;
      }
      Event call = last.call;
      call.putBack();
      (call.isUnknown() ? unknownPlaced : answeredPlaced).clear(call.number);
      state = last.before;
      firstReturn = last.firstReturn;
    } while (!last.isChoice);
    return following(last.call);
  }

  /** Notes how far the search has come, if it never came further. */
  private void remember() {
    if (answeredPlaced.cardinality() <= most) {
      return;
    }
    most = answeredPlaced.cardinality();
    StringBuilder text = new StringBuilder();
    text.append("key ").append(key).append(": ").append(most).append(" of ").append(total);
    text.append(" answered operations can be put in an order");
    if (order.size() > SHOWN) {
      text.append("; its last ").append(SHOWN);
    }
    text.append(":\n");
    List<Placed<S>> shown = new ArrayList<>();
    for (Placed<S> placed : order) {
      if (shown.size() < SHOWN) {
        shown.add(0, placed);
      }
    }
    shown.forEach(placed -> text.append("  ").append(placed.call.operation).append('\n'));
    text.append("then the state is ").append(state).append(", and none of these can come next:");
    for (Event call = answered.next; call != null && call.isCall; call = call.next) {
      text.append("\n  ").append(call.operation);
    }
    furthest = text.toString();
  }
}
