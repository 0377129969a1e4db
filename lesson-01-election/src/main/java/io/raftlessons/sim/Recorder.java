package io.raftlessons.sim;

import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;

/**
 * Hears all that happens in a world, to keep it for a reader. It must change nothing: a run is the
 * same with it and without.
 */
public interface Recorder {
  /**
   * A core made a step; the parameters are those of {@link Check#stepped}. What the step sends at
   * once is told after it.
   */
  void stepped(String server, RaftCore core, Object input, Effects effects);

  /** All else. A message is the same object whenever it is spoken of. */
  void happened(Trace.Event event);
}
