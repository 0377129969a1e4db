package io.raftlessons.course;

/**
 * What a test said of the code.
 *
 * @param why the failure in one line; "" if green
 */
record Outcome(String test, Colour colour, long millis, String why) {
  enum Colour {
    GREEN,
    RED,
    /** It did not run to an end of its own: this says nothing about the code. */
    BROKEN
  }
}
