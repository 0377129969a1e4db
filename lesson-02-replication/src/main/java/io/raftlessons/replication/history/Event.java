package io.raftlessons.replication.history;

import io.raftlessons.replication.history.Operation.Kind;
import io.raftlessons.replication.history.Operation.Status;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The call of an operation, or its return: a link of the list in which {@link Search} has both, in
 * the order of time. An operation is placed when the search has made it the next one of the order
 * that it tries; its events are out of the list until it is put back.
 */
final class Event {
  private static final Operation NONE =
      new Operation("", Kind.GET, "", "", "", "", 0, 0, Status.FAIL);

  final Operation operation;
  final boolean isCall;
  final int number;

  /** Of an answered call. */
  @Nullable Event itsReturn;

  /** Of an unknown call: the one called last before it that has the same effect. */
  @Nullable Event twin;

  boolean placed;
  @Nullable Event next;
  private @Nullable Event before;

  Event(Operation operation, boolean isCall, int number) {
    this.operation = operation;
    this.isCall = isCall;
    this.number = number;
  }

  /** Links the events behind a head, which is returned. */
  static Event list(List<Event> events) {
    Event head = new Event(NONE, false, -1);
    Event last = head;
    for (Event event : events) {
      event.before = last;
      last.next = event;
      last = event;
    }
    return head;
  }

  long time() {
    return isCall ? operation.callNanos() : operation.returnNanos();
  }

  boolean isUnknown() {
    return operation.status() == Status.UNKNOWN;
  }

  /** Takes a call and its return out. */
  void place() {
    placed = true;
    takeOut();
    if (itsReturn != null) {
      itsReturn.takeOut();
    }
  }

  /** Undoes the last {@link #place} that is not undone yet. */
  void putBack() {
    placed = false;
    if (itsReturn != null) {
      itsReturn.linkAgain();
    }
    linkAgain();
  }

  private void takeOut() {
    Objects.requireNonNull(before).next = next;
    if (next != null) {
      next.before = before;
    }
  }

  private void linkAgain() {
    Objects.requireNonNull(before).next = this;
    if (next != null) {
      next.before = this;
    }
  }
}
