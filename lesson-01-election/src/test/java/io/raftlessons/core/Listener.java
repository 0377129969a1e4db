package io.raftlessons.core;

/** An event of a lesson that the core knows nothing of. */
interface Listener {
  void happened(Step step, String event);
}
