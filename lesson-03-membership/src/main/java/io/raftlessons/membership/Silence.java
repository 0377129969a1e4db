package io.raftlessons.membership;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Step;
import io.raftlessons.membership.MembershipEffect.HeartbeatFailed;
import io.raftlessons.membership.MembershipEffect.HeartbeatResumed;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which members a leader does not hear, for whoever watches the group. Nothing depends on it. */
final class Silence {
  private final long patienceNanos;
  private final SortedSet<String> silent = new TreeSet<>();

  /** When this leader came to know of each member: before, it had nothing to hear. */
  private final Map<String, Long> knownSince = new TreeMap<>();

  Silence(RaftConfig config) {
    patienceNanos = config.electionTimeoutNanos();
  }

  /** At the end of a step of a leader. */
  void look(Step step, SortedSet<String> members) {
    silent.retainAll(members);
    knownSince.keySet().retainAll(members);
    for (String id : members) {
      if (id.equals(step.self())) {
        continue;
      }
      knownSince.putIfAbsent(id, step.now());
      long since = step.now() - Math.max(step.heardAt(id), knownSince.get(id));
      if (since < patienceNanos) {
        if (silent.remove(id)) {
          step.emit(new HeartbeatResumed(id));
        }
      } else if (silent.add(id)) {
        step.emit(new HeartbeatFailed(id, since));
      }
    }
  }

  /** A leader begins anew: it has not missed anybody yet. */
  void newTerm() {
    silent.clear();
    knownSince.clear();
  }
}
