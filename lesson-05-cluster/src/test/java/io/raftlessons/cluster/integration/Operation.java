package io.raftlessons.cluster.integration;

import java.util.List;

/** What a client asked for, and what it learnt. */
sealed interface Operation {
  /** How sure a client is that its call had its effect. */
  enum Outcome {
    /** It was answered: exactly one effect, between begin and end. */
    ACKNOWLEDGED,
    /** No answer: no effect or one, at any time after the begin. */
    UNKNOWN,
    /** It was told, or could see, that there was no effect. */
    REFUSED
  }

  /**
   * When it was under way.
   *
   * @param client calls one after the other
   * @param begin of the first attempt, in nanoseconds of a clock that all clients share
   * @param end of the last one
   */
  record Span(String client, long begin, long end, Outcome outcome) {
    /** The time after which the effect is there, if there is one. */
    long effectBy() {
      return outcome == Outcome.ACKNOWLEDGED ? end : Long.MAX_VALUE;
    }
  }

  Span span();

  /**
   * Adds an element, which nobody else adds, to a list.
   *
   * @param length that was answered, if it was
   */
  record Append(Span span, String list, String element, long length) implements Operation {}

  /**
   * Adds one to a counter.
   *
   * @param sum that was answered, if it was
   */
  record Increment(Span span, String counter, long sum) implements Operation {}

  /**
   * Replaces a value by one that nobody else writes.
   *
   * @param expected "" for none
   * @param swapped what was answered, if anything was
   */
  record Swap(Span span, String register, String expected, String value, boolean swapped)
      implements Operation {}

  /** Reads a list; always answered, since others are not worth a record. */
  record ReadList(Span span, String list, List<String> elements) implements Operation {}

  /** Reads a counter; always answered. */
  record ReadCounter(Span span, String counter, long value) implements Operation {}
}
