package io.raftlessons.membership.sim;

import io.raftlessons.membership.Configurations;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.Violation;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.Server.Suffrage;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The configurations that some server knew to be committed: the group's, from first to last. */
public final class CommittedConfigurations {
  private final Reach reach;
  private final Predicate<String> isUp;
  private final NavigableMap<Long, Configuration> byIndex = new TreeMap<>();

  /** By server, its disk when it was last a member. */
  private final Map<String, Long> lastDisk = new TreeMap<>();

  /**
   * @param isUp whether a server runs
   */
  public CommittedConfigurations(Reach reach, Predicate<String> isUp) {
    this.reach = reach;
    this.isUp = isUp;
  }

  void add(long index, Configuration configuration, String by, boolean leads) {
    Configuration other = byIndex.get(index);
    if (other == null && (byIndex.isEmpty() || index > byIndex.lastKey())) {
      Configuration before = latest();
      byIndex.put(index, configuration);
      count(before, configuration, by, leads);
    } else if (!configuration.equals(other)) {
      throw new Violation(
          "NoCommittedConfigurationLost",
          String.format(
              "%s commits another configuration at %d than %s", by, index, byIndex.keySet()));
    }
  }

  private void count(Configuration before, Configuration now, String by, boolean leads) {
    if (before.getServersCount() == 0) {
      return;
    }
    for (Server server : now.getServersList()) {
      Server was = Configurations.find(before, server.getId());
      count(was, server);
      if (server.getStorage() != 0) {
        Long disk = lastDisk.put(server.getId(), server.getStorage());
        if (disk != null && disk != server.getStorage()) {
          reach.count("member on another disk than before");
        }
      }
    }
    Set<String> removed = new TreeSet<>();
    before.getServersList().forEach(server -> removed.add(server.getId()));
    now.getServersList().forEach(server -> removed.remove(server.getId()));
    for (String id : removed) {
      reach.count("change committed: server removed");
      if (!isUp.test(id)) {
        reach.count("server removed while it was down");
      }
      if (leads && id.equals(by)) {
        reach.count("leader removed itself");
      }
    }
    Server self = Configurations.find(now, by);
    if (leads && self != null && self.getSuffrage() == Suffrage.NONVOTER) {
      reach.count("leader took its own vote");
    }
  }

  private void count(@Nullable Server was, Server now) {
    if (was == null) {
      reach.count("change committed: nonvoter added");
      return;
    }
    if (was.getSuffrage() != now.getSuffrage()) {
      boolean votes = now.getSuffrage() == Suffrage.VOTER;
      reach.count("change committed: " + (votes ? "nonvoter promoted" : "voter demoted"));
    } else if (was.getStorage() != now.getStorage()) {
      reach.count("change committed: disk recorded");
    }
    if (!was.getAddress().equals(now.getAddress())) {
      reach.count("change committed: address changed");
    }
  }

  /** The newest one; an empty one if there is none. */
  public Configuration latest() {
    return byIndex.isEmpty() ? Configuration.getDefaultInstance() : byIndex.lastEntry().getValue();
  }

  /** The one at exactly this index; null if there is none. */
  @Nullable Configuration at(long index) {
    return byIndex.get(index);
  }

  /** All up to this index; first of all the empty one of a server that has none, at 0. */
  public NavigableMap<Long, Configuration> upTo(long index) {
    NavigableMap<Long, Configuration> all = new TreeMap<>(byIndex.headMap(index, true));
    all.put(0L, Configuration.getDefaultInstance());
    return all;
  }

  /** The index of the one after this index; 0 if there is none. */
  long after(long index) {
    Long next = byIndex.higherKey(index);
    return next == null ? 0 : next;
  }

  /** Whether a server belongs to the newest one. */
  public boolean isMember(String id) {
    return Configurations.find(latest(), id) != null;
  }

  /** Who belongs to the newest one. */
  public Set<String> members() {
    Set<String> ids = new TreeSet<>();
    latest().getServersList().forEach(server -> ids.add(server.getId()));
    return ids;
  }
}
