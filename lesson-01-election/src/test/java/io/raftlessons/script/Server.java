package io.raftlessons.script;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.runtime.Host;
import java.io.IOException;
import java.util.Collection;
import java.util.function.Consumer;

/** A server of some lesson and its disk. The disk outlives a crash, the server does not. */
public interface Server {
  /** How a server with an empty disk is made. */
  interface Factory {
    /**
     * @param told takes what the server does besides messages and writes: "applies x"
     */
    Server create(Consumer<String> told);
  }

  /** Starts, or starts again, from what is on disk. */
  void start(RaftConfig config, Collection<String> voters, Host host, StepObserver observer)
      throws IOException;

  /** Puts a term without a vote on the disk of a server that does not run. */
  void storeTerm(long currentTerm);
}
