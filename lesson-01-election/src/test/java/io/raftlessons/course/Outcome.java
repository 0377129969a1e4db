package io.raftlessons.course;

/**
 * What a test said of the code.
 *
 * @param why the failure in one line; "" if green
 * @param grade the same for who counts points
 */
record Outcome(String test, Colour colour, long millis, String why, Grade grade) {
  Outcome(String test, Colour colour, long millis, String why) {
    this(test, colour, millis, why, Grade.failed(test, millis, why));
  }

  enum Colour {
    GREEN,
    RED,
    /** It did not run to an end of its own: this says nothing about the code. */
    BROKEN
  }
}
