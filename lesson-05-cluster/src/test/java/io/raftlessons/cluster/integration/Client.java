package io.raftlessons.cluster.integration;

import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.integration.Ingresses.Attempt;
import io.raftlessons.replication.history.Operation;
import io.raftlessons.replication.history.Operation.Status;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes one call after the other. One that retries tries each call at node after node until it is
 * answered, writes with an idempotency key; another makes one attempt, at its own node. Used by one
 * thread at a time.
 */
final class Client {
  private final String name;
  private final int home;
  private final boolean retries;
  private final Workload workload;
  private final Traffic traffic;
  private Workload.@Nullable Call call;
  private int calls;
  private int attempts;
  private long begin;

  /**
   * @param home the node that is tried first
   * @param retries and therefore sends its writes with idempotency keys
   */
  Client(String name, int home, boolean retries, Workload workload, Traffic traffic) {
    this.name = name;
    this.home = home;
    this.retries = retries;
    this.workload = workload;
    this.traffic = traffic;
  }

  /**
   * Makes the next attempt.
   *
   * @param mayBegin whether to begin another call when none is under way
   * @return whether a call is under way
   */
  boolean attempt(boolean mayBegin) throws InterruptedException {
    Workload.Call current = call;
    if (current == null) {
      if (!mayBegin) {
        return false;
      }
      current = workload.next(calls++);
      call = current;
      attempts = 0;
      begin = System.nanoTime();
    }
    int node = (home - 1 + (retries ? attempts : 0)) % Settings.FIRST_NODES + 1;
    attempts++;
    Phase phase = traffic.phase();
    // A read may be repeated as it is, and with a key it would go through the log.
    Optional<String> key =
        retries && current.writes() ? Optional.of(name + "-" + calls) : Optional.empty();
    Attempt attempt = traffic.ingresses().post(node, current.path(), current.body(), key);
    if (attempt instanceof Attempt.Answered answered) {
      if (current.writes()) {
        phase.acknowledgedWrite(node);
      }
      end(current, Status.OK, answered.body());
    } else if (attempt instanceof Attempt.Absent && !current.writes()) {
      end(current, Status.OK, "");
    } else if (attempt instanceof Attempt.Failed && retries) {
      phase.retry();
    } else if (attempt instanceof Attempt.Failed failed && failed.changedNothing()) {
      end(current, Status.FAIL, "");
    } else {
      if (!(attempt instanceof Attempt.Failed)) {
        traffic.complain(name + ": " + current.path() + ": " + attempt);
      }
      if (current.writes()) {
        phase.unknownOutcome();
      }
      end(current, Status.UNKNOWN, "");
    }
    return call != null;
  }

  private void end(Workload.Call ended, Status status, String answer) {
    Operation operation =
        new Operation(
            name,
            ended.kind(),
            ended.key(),
            ended.expect(),
            ended.value(),
            ended.output(answer),
            begin,
            System.nanoTime(),
            status);
    traffic.record(operation);
    ended.ended().accept(operation);
    call = null;
  }
}
