package io.raftlessons.course;

import java.util.Locale;

/** The parts of a lesson's 100 points. */
public enum Section {
  /** One server, one input, one step. */
  RULES(40),
  /** A script that several servers play. */
  SCENARIOS(20),
  /** Seeds of a world of faults; the share of clean ones counts. */
  SIMULATION(30),
  /** Every run within a bound. */
  EXPLORATION(10);

  private final int points;

  Section(int points) {
    this.points = points;
  }

  /** What its tests are worth together, in every lesson. */
  public int points() {
    return points;
  }

  /** As in a report. */
  String inWords() {
    return name().toLowerCase(Locale.ROOT);
  }
}
