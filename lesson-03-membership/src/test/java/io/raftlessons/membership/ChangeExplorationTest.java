package io.raftlessons.membership;

import static io.raftlessons.membership.MembershipFixture.group;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.core.Role;
import io.raftlessons.course.Bugs;
import io.raftlessons.course.Exercise;
import io.raftlessons.course.Points;
import io.raftlessons.course.Rule;
import io.raftlessons.course.Section;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Server;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * All that can happen to a new leader of three servers in five events: changes are asked for, its
 * disk is done, followers answer, in every order. Chapter 4's rules are asked after each.
 */
class ChangeExplorationTest {
  private static final int DEPTH = 5;

  /** Behind the first configuration; nothing may change before it is committed. */
  private static final long NO_OP = 2;

  private static final Map<String, Consumer<MembershipFixture>> EVENTS = new LinkedHashMap<>();

  static {
    EVENTS.put("add s4", f -> f.addNonvoter("s4"));
    EVENTS.put("remove s3", f -> f.remove("s3"));
    EVENTS.put("demote s2", f -> f.demote("s2"));
    EVENTS.put("remove s1", f -> f.remove("s1"));
    EVENTS.put("the disk is done", MembershipFixture::persist);
    EVENTS.put("s2 has all", f -> f.hasAll("s2"));
    EVENTS.put("s3 has all", f -> f.hasAll("s3"));
  }

  /** One run, and what is known of it besides the server. */
  private static final class Run {
    private final MembershipFixture f = group(3).start().lead();
    private final List<String> events = new ArrayList<>();
    private final Map<String, Long> durable = new TreeMap<>(Map.of("s1", 1L, "s2", 1L, "s3", 1L));
    private int changes;

    void happen(String event, Consumer<MembershipFixture> what) {
      events.add(event);
      List<Configuration> before = configurations(f.log.lastIndex());
      long commitBefore = f.replication.commitIndex();
      boolean leadsBefore = f.core.role() == Role.LEADER;
      if (event.endsWith("has all") && leadsBefore) {
        durable.put(event.substring(0, 2), f.log.lastIndex());
      }
      what.accept(f);
      if (event.equals("the disk is done")) {
        durable.put("s1", f.log.lastIndex()); // also of what was appended meanwhile
      }
      check(before, commitBefore, leadsBefore);
    }

    /** Of the log up to an index, oldest first. */
    private List<Configuration> configurations(long last) {
      List<Configuration> all = new ArrayList<>();
      for (long i = 1; i <= last; i++) {
        if (f.log.get(i).getType() == Entry.Type.CONFIGURATION) {
          try {
            all.add(Configuration.parseFrom(f.log.get(i).getData()));
          } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
          }
        }
      }
      return all;
    }

    private void check(List<Configuration> before, long commitBefore, boolean leadsBefore) {
      List<Configuration> all = configurations(f.log.lastIndex());
      long commit = f.replication.commitIndex();
      assertThat(all.size() - configurations(commit).size())
          .as("changes that are not committed, after %s", events)
          .isLessThanOrEqualTo(1);
      if (all.size() > before.size()) {
        changes++;
        assertThat(commit)
            .as("commitIndex when it changes, after %s", events)
            .isGreaterThanOrEqualTo(NO_OP);
      }
      assertThat(f.history.latest())
          .as("the newest in the log counts, after %s", events)
          .isEqualTo(all.get(all.size() - 1));
      if (commit > commitBefore && leadsBefore) {
        Configuration counted = before.get(before.size() - 1);
        assertThat(has(counted, commit))
            .as("who has %d, after %s", commit, events)
            .hasSizeGreaterThan(voters(counted).size() / 2);
      }
    }

    private List<String> has(Configuration configuration, long index) {
      return voters(configuration).stream()
          .filter(id -> durable.getOrDefault(id, 0L) >= index)
          .toList();
    }

    private static List<String> voters(Configuration configuration) {
      return configuration.getServersList().stream()
          .filter(server -> server.getSuffrage() == Server.Suffrage.VOTER)
          .map(Server::getId)
          .toList();
    }
  }

  @Points(value = 10, section = Section.EXPLORATION)
  @Exercise({"3.3", "3.1", "3.2"})
  @Rule("MC-1")
  @Bugs({"M01", "M02", "M03", "M04"})
  @Test
  void everyOrderOfChangesIsSafe() {
    int changes = explore(new ArrayList<>());
    assertThat(changes).isPositive();
  }

  private static int explore(List<String> events) {
    if (events.size() == DEPTH) {
      Run run = new Run();
      events.forEach(event -> run.happen(event, requireNonNull(EVENTS.get(event))));
      return run.changes;
    }
    int changes = 0;
    for (String event : EVENTS.keySet()) {
      events.add(event);
      changes += explore(events);
      events.remove(events.size() - 1);
    }
    return changes;
  }
}
