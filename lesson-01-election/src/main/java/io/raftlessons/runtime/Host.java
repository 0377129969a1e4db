package io.raftlessons.runtime;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What a server is given to live on, all of it real or all of it simulated. A server reaches the
 * outside through its host and through nothing else, so a simulated run depends on its seed alone.
 */
public interface Host {
  /** The loop of that name ("raft", "io", "apply", ...), the same one at every call. */
  EventLoop loop(String name);

  Transport transport();

  Disk disk();

  /** The source of this server's random numbers; used by the raft loop. */
  RandomGenerator random();

  /** Wall-clock time in milliseconds. It may jump; it is used for log time only. */
  long wallClockMillis();

  /** Runs the callbacks of futures that were handed to users. Never the raft loop. */
  Executor callbacks();
}
