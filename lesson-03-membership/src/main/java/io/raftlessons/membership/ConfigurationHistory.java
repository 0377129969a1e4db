package io.raftlessons.membership;

import io.raftlessons.core.Electorate;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.HardState;
import io.raftlessons.wire.Server;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The configurations of the log, by index. The newest one counts from the moment it is in the log,
 * committed or not (§6, thesis 4.1); a truncation brings back the one before. Two would not be
 * enough to remember: a log that was recovered by hand may end with an open change and the
 * configuration of the recovery, and a truncation may take both.
 *
 * <p>The electorate of lesson 3 and later. Changed by {@link Membership} only.
 */
public final class ConfigurationHistory implements Electorate {
  private final NavigableMap<Long, Configuration> byIndex = new TreeMap<>();
  private long commitIndex;
  private SortedSet<String> members = Collections.emptySortedSet();
  private List<String> voters = List.of();

  private final long storage;
  private long joined;

  /** Of a server whose disk has no id. */
  public ConfigurationHistory() {
    this(HardState.getDefaultInstance());
  }

  /**
   * Of a server that knows of no configuration: it votes, stores what it gets, and waits.
   *
   * @param stored on this server's disk
   */
  public ConfigurationHistory(HardState stored) {
    storage = stored.getStorage();
    joined = stored.getJoined();
    byIndex.put(0L, Configuration.getDefaultInstance());
  }

  /** Where in the log this server joined the group, as far as it was told; 0 at the start. */
  long joined() {
    return joined;
  }

  void joined(long index) {
    joined = index;
  }

  @Override
  public long joinedAt(String id) {
    Server server = Configurations.find(latest(), id);
    return server == null ? 0 : server.getJoined();
  }

  /** Takes it in if it is a configuration: how a server finds them in its log when it starts. */
  public void load(Entry entry) {
    // A log may reach back behind the snapshot that the server starts from.
    if (entry.getType() == Entry.Type.CONFIGURATION && entry.getIndex() > latestIndex()) {
      append(entry.getIndex(), Configurations.parse(entry));
    }
  }

  /**
   * The configuration of a snapshot: what it says of the log up to {@code index} is all that
   * counts.
   *
   * @param configurationIndex where it was in the log, at most {@code index}
   */
  public void startAt(long index, long configurationIndex, Configuration configuration) {
    byIndex.headMap(index, true).clear();
    byIndex.put(configurationIndex, configuration);
    commitIndex = Math.max(commitIndex, index);
    count();
  }

  void append(long index, Configuration configuration) {
    if (index <= latestIndex()) {
      throw new IllegalArgumentException(
          "a configuration at " + index + " cannot follow the one at " + latestIndex());
    }
    byIndex.put(index, configuration);
    count();
  }

  /**
   * The log from {@code from} on is gone.
   *
   * @return whether a configuration went with it
   */
  boolean truncate(long from) {
    NavigableMap<Long, Configuration> gone = byIndex.tailMap(Math.max(from, 1), true);
    if (gone.isEmpty()) {
      return false;
    }
    gone.clear();
    count();
    return true;
  }

  /** What lies before the newest committed configuration is not needed any more. */
  void committed(long index) {
    commitIndex = Math.max(commitIndex, index);
    byIndex.headMap(committedIndex(), false).clear();
  }

  private void count() {
    SortedSet<String> all = new TreeSet<>();
    List<String> voting = new ArrayList<>();
    for (Server server : latest().getServersList()) {
      all.add(server.getId());
      if (Configurations.isVoter(server)) {
        voting.add(server.getId());
      }
    }
    members = Collections.unmodifiableSortedSet(all);
    voters = List.copyOf(voting);
  }

  /** The newest configuration of the log; an empty one if there is none. */
  public Configuration latest() {
    return byIndex.lastEntry().getValue();
  }

  /** The index of the newest configuration; 0 if there is none. */
  public long latestIndex() {
    return byIndex.lastKey();
  }

  /** The newest configuration that is known to be committed; an empty one if there is none. */
  public Configuration committed() {
    return at(commitIndex);
  }

  /** The index of the newest configuration that is known to be committed; 0 if there is none. */
  public long committedIndex() {
    return byIndex.floorKey(commitIndex);
  }

  /** What counted when the log ended at this index; not before {@link #committedIndex}. */
  public Configuration at(long index) {
    Map.Entry<Long, Configuration> entry = byIndex.floorEntry(index);
    if (entry == null) {
      throw new IllegalArgumentException(
          "the configuration at index "
              + index
              + " is forgotten, the first one known is of "
              + byIndex.firstKey());
    }
    return entry.getValue();
  }

  @Override
  public SortedSet<String> members() {
    return members;
  }

  @Override
  public boolean votes(String id) {
    return voters.contains(id);
  }

  /**
   * Thesis 4.2.2: nor may a server keep still that lost its vote by an entry that is perhaps not
   * committed. Of two voters, one of which is to go, only that one may have the entry: the other
   * one does not get its vote, and nobody would ever lead again.
   *
   * <p>But not who was added again with a new disk, and has come to a configuration in which the
   * one with the old disk voted: that may be long over, and a quorum of it (one server, perhaps) is
   * none of the group's. Where no disk is recorded yet, it has to be told that it joined later.
   */
  @Override
  public boolean mayCampaign(String id) {
    Map.Entry<Long, Configuration> before = byIndex.lowerEntry(latestIndex());
    return votesOnThisDisk(byIndex.lastEntry(), id)
        || (before != null && votesOnThisDisk(before, id));
  }

  private boolean votesOnThisDisk(Map.Entry<Long, Configuration> configuration, String id) {
    Server server = Configurations.find(configuration.getValue(), id);
    return server != null
        && Configurations.isVoter(server)
        && isThisDisk(server.getStorage(), configuration.getKey());
  }

  private boolean isThisDisk(long recorded, long index) {
    return recorded == storage || (recorded == 0 && index >= joined) || storage == 0;
  }

  /** A group without voters has no quorum. */
  @Override
  public boolean isQuorum(Predicate<String> has) {
    int count = 0;
    for (String voter : voters) {
      if (has.test(voter)) {
        count++;
      }
    }
    return count > voters.size() / 2;
  }

  void describe(StringBuilder text) {
    text.append(" configuration=").append(latestIndex()).append(':');
    text.append('[').append(Configurations.text(latest())).append(']');
    if (committedIndex() != latestIndex()) {
      text.append(" committedConfiguration=").append(committedIndex());
    }
  }
}
