// Yours to write: lesson 3, exercises 3.1 and 3.5. (starter 6db595b1b4ef7e7d)
package io.raftlessons.membership;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Step;
import io.raftlessons.course.Todo;
import io.raftlessons.membership.MembershipEffect.ChangeDone;
import io.raftlessons.membership.MembershipEffect.ChangeFailed;
import io.raftlessons.membership.MembershipEffect.Reached;
import io.raftlessons.membership.MembershipEffect.Reason;
import io.raftlessons.replication.Proposal;
import io.raftlessons.replication.RaftLog;
import io.raftlessons.replication.Replication;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The changes that a leader was asked for: those that wait for their turn, the one whose entry is
 * in the log, and the servers that catch up before they get a vote. Each caller is answered once.
 */
final class MyConfigurationChanges {
  private static final int MOST_WAITING = 64;

  private record Request(long id, Change change, long prevIndex, long deadline) {}

  /**
   * The one configuration that is in the log and not committed.
   *
   * @param request who asked for it; null if nobody waits for this entry alone
   */
  private record InLog(long index, @Nullable Request request) {}

  private final RaftConfig config;
  private final RaftLog log;
  private final ConfigurationHistory history;
  private final Transfer transfer;
  private final Replication replication;
  private final StorageGuard disks;

  private final List<Request> waiting = new ArrayList<>();
  private final Map<String, MyStaging> staged = new TreeMap<>();
  private @Nullable InLog inLog;

  MyConfigurationChanges(
      RaftConfig config,
      RaftLog log,
      ConfigurationHistory history,
      Transfer transfer,
      Replication replication,
      StorageGuard disks) {
    this.config = config;
    this.log = log;
    this.history = history;
    this.transfer = transfer;
    this.replication = replication;
    this.disks = disks;
  }

  void ask(Step step, long requestId, Change change, long prevIndex, long deadline) {
    Request request = new Request(requestId, change, prevIndex, deadline);
    if (transfer.underWay()) {
      fail(step, request, Reason.TRANSFERRING, "leadership is being handed over");
    } else if (waiting.size() >= MOST_WAITING) {
      fail(step, request, Reason.BUSY, MOST_WAITING + " changes wait for their turn");
    } else {
      waiting.add(request);
    }
  }

  /** Does what can be done now; at the end of each step of a leader. */
  void goOn(Step step) {
    for (MyStaging server : List.copyOf(staged.values())) {
      if (server.reached() == Reached.NONVOTER) {
        catchUp(step, server);
      }
    }
    while (mayChange(step) && !waiting.isEmpty() && make(step, waiting.get(0))) {
      waiting.remove(0);
    }
  }

  /**
   * Thesis 4.1: one change at a time, else two majorities need not meet. And not before an entry of
   * the own term is committed: an earlier leader's change may be on its way to a majority that this
   * leader does not know of, and that makes two.
   */
  boolean mayChange(Step step) {
    // exercise 3.1: may this leader put another configuration into the log now?
    // MC-1, MC-2. README, step 1; about 15 minutes.
    return Todo.here("3.1");
    // end of exercise 3.1
  }

  /** False: there is no room for it in the log yet. */
  private boolean make(Step step, Request request) {
    Change change = request.change();
    Configuration next = change.applyTo(history.latest());
    Optional<String> problem = Configurations.problem(next);
    if (request.prevIndex() != 0 && request.prevIndex() != history.latestIndex()) {
      fail(
          step,
          request,
          Reason.CONFLICT,
          "the configuration is that of index "
              + history.latestIndex()
              + " and no longer that of index "
              + request.prevIndex());
    } else if (staged.containsKey(change.id()) && !(change instanceof Change.RemoveServer)) {
      fail(step, request, Reason.INVALID, change.id() + " is being added already");
    } else if (next.equals(history.latest())) {
      nothingToLog(step, request);
    } else if (problem.isPresent()) {
      fail(step, request, Reason.INVALID, change.describe() + ": " + problem.get());
    } else {
      return append(step, request, next);
    }
    return true;
  }

  private void nothingToLog(Step step, Request request) {
    if (asksForMore(request.change(), history.latest())) {
      catchUp(step, stage(request, history.latestIndex(), Reached.NONVOTER));
    } else {
      step.emit(new ChangeDone(request.id(), history.latestIndex(), history.latest(), false));
    }
  }

  /** Whether the caller wants a vote for the server, and it has none. */
  private static boolean asksForMore(Change change, Configuration configuration) {
    return change instanceof Change.AddVoter
        && !Configurations.isVoter(Configurations.find(configuration, change.id()));
  }

  private boolean append(Step step, Request request, Configuration next) {
    boolean staging = asksForMore(request.change(), next);
    Optional<Proposal.Refused> refusal = propose(step, next, staging ? null : request);
    if (refusal.isPresent()) {
      boolean never = refusal.get().reason() == Proposal.Reason.TOO_LARGE;
      if (never) {
        fail(step, request, Reason.INVALID, refusal.get().why());
      }
      return never;
    }
    if (staging && inLog != null) {
      stage(request, inLog.index(), Reached.LOGGED);
    }
    return true;
  }

  /**
   * Appends a configuration, if there is room for it in the log.
   *
   * @param request who waits for it; null for nobody
   * @return why not; empty if it was appended
   */
  private Optional<Proposal.Refused> propose(
      Step step, Configuration next, @Nullable Request request) {
    Configuration dated = Configurations.withJoined(next, history.members(), log.lastIndex() + 1);
    Proposal answer = replication.propose(step, Entry.Type.CONFIGURATION, dated.toByteString());
    if (answer instanceof Proposal.Refused refused) {
      return Optional.of(refused);
    }
    inLog = new InLog(((Proposal.Accepted) answer).index(), request);
    return Optional.empty();
  }

  /** Appends a configuration that nobody asked for. To be asked for again if there is no room. */
  void append(Step step, Configuration next) {
    propose(step, next, null);
  }

  private MyStaging stage(Request request, long index, Reached reached) {
    MyStaging server =
        new MyStaging(
            request.id(),
            (Change.AddVoter) request.change(),
            request.deadline(),
            config.electionTimeoutNanos(),
            index,
            reached);
    staged.put(server.id(), server);
    return server;
  }

  private void catchUp(Step step, MyStaging server) {
    if (!history.members().contains(server.id())) {
      fail(step, server, Reason.CONFLICT, server.id() + " was removed meanwhile");
      return;
    }
    long match = replication.progress(server.id()).matchIndex();
    switch (server.look(step.now(), match, log.lastIndex())) {
      case CATCHING_UP -> {}
      case CAUGHT_UP -> promote(step, server);
      case TOO_SLOW ->
          fail(
              step,
              server,
              Reason.TOO_SLOW,
              server.id()
                  + " did not catch up in "
                  + MyStaging.MOST_ROUNDS
                  + " rounds and stays a nonvoter");
    }
  }

  private void promote(Step step, MyStaging server) {
    // exercise 3.5: a server that has caught up gets its vote, if it is heard and it is its turn.
    // MC-5, MC-7. README, step 5; about 15 minutes.
    Todo.here("3.5");
    // end of exercise 3.5
  }

  void committed(Step step, long commitIndex) {
    if (inLog == null || inLog.index() > commitIndex) {
      return;
    }
    InLog done = inLog;
    inLog = null;
    if (done.request() != null) {
      step.emit(changeDone(done.request().id(), done.index()));
    }
    for (MyStaging server : List.copyOf(staged.values())) {
      if (server.index() == done.index() && server.reached() == Reached.LOGGED) {
        server.joined();
      } else if (server.index() == done.index()) {
        staged.remove(server.id());
        step.emit(changeDone(server.requestId(), done.index()));
      }
    }
  }

  private ChangeDone changeDone(long requestId, long index) {
    return new ChangeDone(requestId, index, history.at(index), true);
  }

  /** Callers whose time is over are told how far it came. What is in the log stays there. */
  void onTime(Step step) {
    for (Iterator<Request> all = waiting.iterator(); all.hasNext(); ) {
      Request request = all.next();
      if (step.now() >= request.deadline()) {
        all.remove();
        fail(step, request, Reason.TIMEOUT, "its turn did not come in time");
      }
    }
    InLog open = inLog;
    if (open != null && open.request() != null && step.now() >= open.request().deadline()) {
      inLog = new InLog(open.index(), null);
      step.emit(logged(step, open, open.request(), Reason.TIMEOUT, "it is not committed yet"));
    }
    for (MyStaging server : List.copyOf(staged.values())) {
      if (step.now() >= server.deadline()) {
        fail(step, server, Reason.TIMEOUT, server.id() + " is no voter yet");
      }
    }
  }

  long wakeAt() {
    long earliest = Long.MAX_VALUE;
    for (Request request : waiting) {
      earliest = Math.min(earliest, request.deadline());
    }
    if (inLog != null && inLog.request() != null) {
      earliest = Math.min(earliest, inLog.request().deadline());
    }
    for (MyStaging server : staged.values()) {
      earliest = Math.min(earliest, server.deadline());
    }
    return earliest;
  }

  void leadershipLost(Step step) {
    String why = "leadership was lost";
    for (MyStaging server : List.copyOf(staged.values())) {
      fail(step, server, Reason.LEADERSHIP_LOST, why);
    }
    if (inLog != null && inLog.request() != null) {
      String unknown = why + " before it was committed: its outcome is unknown";
      step.emit(logged(step, inLog, inLog.request(), Reason.LEADERSHIP_LOST, unknown));
    }
    inLog = null;
    waiting.forEach(request -> fail(step, request, Reason.LEADERSHIP_LOST, why));
    waiting.clear();
  }

  private static void fail(Step step, Request request, Reason reason, String why) {
    step.emit(new ChangeFailed(request.id(), reason, why, Reached.NOTHING, 0, step.leader()));
  }

  private static ChangeFailed logged(
      Step step, InLog entry, Request request, Reason reason, String why) {
    return new ChangeFailed(
        request.id(), reason, why, Reached.LOGGED, entry.index(), step.leader());
  }

  private void fail(Step step, MyStaging server, Reason reason, String why) {
    staged.remove(server.id());
    step.emit(
        new ChangeFailed(
            server.requestId(), reason, why, server.reached(), server.index(), step.leader()));
  }

  void describe(StringBuilder text) {
    staged.values().forEach(server -> server.describe(text));
    if (!waiting.isEmpty()) {
      text.append(" changesWaiting=").append(waiting.size());
    }
  }
}
