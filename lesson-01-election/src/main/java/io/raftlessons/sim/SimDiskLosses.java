package io.raftlessons.sim;

/** What crashes of a simulated disk took, so that a run can say what it reached. */
final class SimDiskLosses {
  long writesLost;
  long writesTorn;
  long writesReordered;
  long directoryEntriesLost;
}
