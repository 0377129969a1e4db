package io.raftlessons.sim;

import io.raftlessons.sim.Plan.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts what a run decides and says what its {@link Plan} leaves out. Whoever decides first draws
 * all the random numbers it needs and asks then, so that what remains keeps its own.
 *
 * <p>When the faults have ended nothing is counted or left out any more. A run then waits for what
 * must come, and it would prove nothing to keep that from coming.
 */
public final class Decisions {
  private Plan plan = Plan.NOTHING;
  private final int[] counted = new int[Kind.values().length];
  private final List<String> faults = new ArrayList<>();
  private boolean over;

  void follow(Plan plan) {
    this.plan = plan;
  }

  /** From now on everything happens. */
  void end() {
    over = true;
  }

  /**
   * Counts a fault.
   *
   * @param words what it does, for a reader
   * @return whether it happens
   */
  boolean fault(String words) {
    int number = next(Kind.FAULTS);
    if (plan.has(Kind.FAULTS, number)) {
      return false;
    }
    faults.add("fault " + number + ": " + words);
    return true;
  }

  /** Counts a client operation. Returns whether it happens. */
  boolean operation() {
    return !plan.has(Kind.OPERATIONS, next(Kind.OPERATIONS));
  }

  /** Counts a message that was not lost; a doubled one is two. Returns its number. */
  int message() {
    return next(Kind.MESSAGES);
  }

  boolean arrives(int message) {
    return !plan.has(Kind.MESSAGES, message);
  }

  /** Whether the message comes as early as the network can bring it. */
  boolean atOnce(int message) {
    return plan.has(Kind.DELAYS, message);
  }

  private int next(Kind kind) {
    return over ? 0 : ++counted[kind.ordinal()];
  }

  /** How many were counted, those left out among them; for delays that is the messages. */
  public int counted(Kind kind) {
    return counted[(kind == Kind.DELAYS ? Kind.MESSAGES : kind).ordinal()];
  }

  /** The faults that happened, in words. */
  public List<String> faults() {
    return List.copyOf(faults);
  }
}
