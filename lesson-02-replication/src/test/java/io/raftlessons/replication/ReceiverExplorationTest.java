package io.raftlessons.replication;

import static io.raftlessons.replication.ReplicationFixture.appendEntries;
import static io.raftlessons.replication.ReplicationFixture.group;
import static io.raftlessons.replication.ReplicationFixture.log;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.course.Section;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Entry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every follower's log of up to three entries meets every two messages of every leader whose log is
 * that short, in either order: Figure 2's receiver, in all cases there are within that bound.
 */
class ReceiverExplorationTest {
  private static final int LENGTH = 3;

  /** The leader's; no entry is of a later one. */
  private static final long TERM = 3;

  /** What a leader sends of its log: so many entries behind {@code prev}. */
  private record Message(int prev, int count, long commit) {}

  /** A case, so that a failure tells it. */
  private record Case(List<Long> follower, List<Long> leader, Message first, Message second) {}

  @Points(value = 10, section = Section.EXPLORATION)
  @Exercise({"2.3", "2.2"})
  @Rule("AE-3")
  @Bugs({"R02", "R03", "R04", "R11"})
  @Test
  void everyLogMeetsEveryPairOfMessages() {
    long cases = 0;
    List<List<Long>> logs = logs();
    for (List<Long> follower : logs) {
      for (List<Long> leader : logs) {
        if (match(follower, leader)) {
          List<Message> messages = messages(leader.size());
          for (Message first : messages) {
            for (Message second : messages) {
              meet(new Case(follower, leader, first, second));
              cases++;
            }
          }
        }
      }
    }
    assertThat(cases).isPositive();
  }

  private static void meet(Case c) {
    ReplicationFixture f = group(3).term(TERM).log(array(c.follower())).start();
    List<Long> terms = c.follower();
    long commit = 0;
    for (Message message : List.of(c.first(), c.second())) {
      boolean matches =
          message.prev() == 0
              || (message.prev() <= terms.size()
                  && terms.get(message.prev() - 1).equals(c.leader().get(message.prev() - 1)));
      List<Entry> entries =
          log(array(c.leader())).subList(message.prev(), message.prev() + message.count());
      f.receive(
          appendEntries(
              "s2",
              TERM,
              message.prev(),
              message.prev() == 0 ? 0 : c.leader().get(message.prev() - 1),
              message.commit(),
              entries));
      if (matches) {
        terms = merged(terms, c.leader(), message);
        commit = Math.max(commit, Math.min(message.commit(), message.prev() + message.count()));
      }
      assertThat(f.terms()).as("log in %s", c).isEqualTo(terms);
      assertThat(f.replication.commitIndex()).as("commitIndex in %s", c).isEqualTo(commit);
      AppendEntriesReply reply = f.reply();
      assertThat(reply.getSuccess()).as("success in %s", c).isEqualTo(matches);
      assertThat(reply.getPrevLogIndex()).as("prevLogIndex in %s", c).isEqualTo(message.prev());
      assertThat(reply.getCount()).as("count in %s", c).isEqualTo(message.count());
    }
  }

  /** §5.3: what conflicts goes, with all behind it; what is there already stays. */
  private static List<Long> merged(List<Long> terms, List<Long> leader, Message message) {
    List<Long> merged = new ArrayList<>(terms);
    for (int i = message.prev(); i < message.prev() + message.count(); i++) {
      if (i < merged.size() && !merged.get(i).equals(leader.get(i))) {
        merged.subList(i, merged.size()).clear();
      }
      if (i == merged.size()) {
        merged.add(leader.get(i));
      }
    }
    return merged;
  }

  /** The terms of all logs: they never fall. */
  private static List<List<Long>> logs() {
    List<List<Long>> logs = new ArrayList<>();
    logs.add(List.of());
    for (int i = 0; i < logs.size(); i++) {
      List<Long> shorter = logs.get(i);
      long last = shorter.isEmpty() ? 1 : shorter.get(shorter.size() - 1);
      for (long term = last; term <= TERM && shorter.size() < LENGTH; term++) {
        List<Long> longer = new ArrayList<>(shorter);
        longer.add(term);
        logs.add(longer);
      }
    }
    return logs;
  }

  /** Log Matching (Figure 3): two logs that no run of Raft can have together are left out. */
  private static boolean match(List<Long> one, List<Long> other) {
    int same = 0;
    while (same < Math.min(one.size(), other.size()) && one.get(same).equals(other.get(same))) {
      same++;
    }
    for (int i = same; i < Math.min(one.size(), other.size()); i++) {
      if (one.get(i).equals(other.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<Message> messages(int length) {
    List<Message> messages = new ArrayList<>();
    for (int prev = 0; prev <= length; prev++) {
      for (int count = 0; prev + count <= length; count++) {
        for (long commit : new long[] {0, length}) {
          messages.add(new Message(prev, count, commit));
        }
      }
    }
    return messages;
  }

  private static long[] array(List<Long> terms) {
    return terms.stream().mapToLong(Long::longValue).toArray();
  }
}
