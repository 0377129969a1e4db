package io.raftlessons.membership.sim;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.core.Effect;
import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipEffect.ConfigurationChanged;
import io.raftlessons.replication.LogEffect.Committed;
import io.raftlessons.replication.LogStore;
import io.raftlessons.replication.LogWrite.ResetLog;
import io.raftlessons.replication.LogWrite.WriteLog;
import io.raftlessons.replication.sim.LogChecks;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.Violation;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What no change of the configuration may do, checked at every step: thesis 4.1 to 4.2; and that
 * only voters elect and commit, on the disks that they have. It keeps its own copy of the
 * configurations in every log, made from what servers write.
 */
public final class MembershipChecks implements Check {
  private static final Pattern PERSISTED = Pattern.compile(" persisted=(\\d+)");

  private static final class Member {
    /** Every configuration of its log; at index 0 the one of a server that has none. */
    final NavigableMap<Long, Configuration> log = new TreeMap<>();

    /** What counts for it, in the middle of a step too. */
    ConfigurationChanged counts =
        new ConfigurationChanged(
            Configuration.getDefaultInstance(), 0, Configuration.getDefaultInstance(), 0);

    Role role = Role.FOLLOWER;
    long term;
    long commitIndex;

    /** Up to where its log is surely on its disk. */
    long durable;
  }

  private final Reach reach;
  private final LogChecks logs;
  private final CommittedConfigurations committed;
  private final Map<String, Member> members = new TreeMap<>();
  private final Promises promises = new Promises();

  private final FormerDisks formerDisks = new FormerDisks();

  /** By server, all configurations that it ever wrote at an index. */
  private final Map<String, NavigableMap<Long, List<Configuration>>> written = new TreeMap<>();

  /**
   * @param logs is shown every step before this is
   */
  public MembershipChecks(Reach reach, LogChecks logs, CommittedConfigurations committed) {
    this.reach = reach;
    this.logs = logs;
    this.committed = committed;
  }

  /**
   * A server starts with this log.
   *
   * @param snapshot where the snapshot ends that covers its beginning; 0 if there is none
   */
  public void restarted(String id, LogStore store, long snapshot) throws IOException {
    Member member = new Member();
    long last = store.lastIndex();
    long first = last == 0 ? snapshot + 1 : store.firstIndex();
    member.log.putAll(committed.upTo(first - 1));
    member.commitIndex = snapshot;
    for (long next = first; next <= last; ) {
      for (Entry entry : store.read(next, 1 << 20)) {
        next = entry.getIndex() + 1;
        if (entry.getType() == Entry.Type.CONFIGURATION) {
          take(id, member, entry);
        }
      }
    }
    member.durable = Math.max(last, snapshot);
    Map.Entry<Long, Configuration> latest = member.log.lastEntry();
    member.counts =
        new ConfigurationChanged(
            latest.getValue(), latest.getKey(), Configuration.getDefaultInstance(), 0);
    members.put(id, member);
  }

  @Override
  public void stepped(String id, RaftCore core, Object input, Effects effects) {
    Member member = members.get(id);
    if (member == null) {
      throw new IllegalStateException(id + " made a step before it was announced");
    }
    boolean led = member.role == Role.LEADER && member.term == core.currentTerm();
    boolean changed = false;
    if (!led) { // a follower says what is committed first, and then what it has to write
      for (Effect effect : effects.list()) {
        if (effect instanceof WriteLog write) {
          changed |= written(id, member, write, false);
        } else if (effect instanceof ResetLog) {
          reset(member, LogChecks.restored(effects));
          changed = true;
        }
      }
    }
    for (Effect effect : effects.list()) {
      if (effect instanceof WriteLog write) {
        changed |= led && written(id, member, write, true);
      } else if (effect instanceof Committed now) {
        committed(id, member, now.commitIndex(), led, core.currentTerm());
      } else if (effect instanceof ConfigurationChanged now) {
        member.counts = now;
        changed = true;
      } else if (effect instanceof RoleChanged change && change.role() == Role.LEADER) {
        promises.letLead(id, voters(member.counts.latest()), change.term());
      } else {
        campaigns(id, member, effect);
      }
    }
    member.role = core.role();
    member.term = core.currentTerm();
    if (changed) {
      countsWhatIsInTheLog(id, member);
    }
  }

  private boolean written(String id, Member member, WriteLog write, boolean led) {
    member.durable = Math.min(member.durable, write.from() - 1);
    NavigableMap<Long, Configuration> gone = member.log.tailMap(write.from(), true);
    boolean changed = !gone.isEmpty();
    if (gone.size() > 1) {
      throw new Violation(
          "OneChangeAtATime",
          id + " gives up the configurations of " + gone.keySet() + ": none was committed");
    }
    if (changed) {
      reach.count("configuration rolled back");
      gone.clear();
    }
    for (Entry entry : write.entries()) {
      if (entry.getType() == Entry.Type.CONFIGURATION) {
        long before = member.log.lastKey();
        if (led && before > member.commitIndex) {
          throw new Violation(
              "OneChangeAtATime",
              id + " appends a configuration while that of " + before + " is not committed");
        }
        if (led && logs.leadsWithoutCommit(id)) {
          throw new Violation(
              "OwnTermFirst",
              id + " appends a configuration before an entry of its own term is committed");
        }
        take(id, member, entry);
        if (led) {
          formerDisks.appended(entry.getIndex(), parse(entry));
        }
        changed = true;
      }
    }
    return changed;
  }

  /** A snapshot takes the place of the log. */
  private void reset(Member member, long index) {
    member.log.clear();
    member.log.putAll(committed.upTo(index));
    member.durable = index;
  }

  private void take(String id, Member member, Entry entry) {
    Configuration now = parse(entry);
    Configuration before = member.log.lastEntry().getValue();
    SortedSet<String> differ = voters(before);
    for (String voter : voters(now)) {
      if (!differ.remove(voter)) {
        differ.add(voter);
      }
    }
    boolean first = before.getServersCount() == 0;
    if (differ.size() > 1 && !first || first && entry.getIndex() != 1) {
      throw new Violation(
          "QuorumsOverlap",
          String.format(
              "the configuration of %d at %s differs in %s from the one before it",
              entry.getIndex(), id, differ));
    }
    member.log.put(entry.getIndex(), now);
    written
        .computeIfAbsent(id, i -> new TreeMap<>())
        .computeIfAbsent(entry.getIndex(), i -> new ArrayList<>())
        .add(now);
  }

  private void committed(String id, Member member, long index, boolean led, long term) {
    if (led) {
      promises.letCommit(id, voters(member.counts.latest()), index, term);
    }
    member
        .log
        .subMap(member.commitIndex, false, index, true)
        .forEach((at, configuration) -> committed.add(at, configuration, id, led));
    member.commitIndex = index;
  }

  private void campaigns(String id, Member member, Effect effect) {
    boolean campaigns =
        effect instanceof RoleChanged change && change.role() == Role.CANDIDATE
            || effect instanceof Effect.SendNow send && asks(send.envelope())
            || effect instanceof Effect.SendAfterSync later && asks(later.envelope());
    if (campaigns && !mayCampaign(id, member)) {
      throw new Violation(
          "OnlyVotersCampaign",
          id + " campaigns on this disk; voters are " + voters(member.counts.latest()));
    }
  }

  /** Thesis 4.2.2: a server that is to lose its vote has it, in this, until that is committed. */
  private boolean mayCampaign(String id, Member member) {
    Map.Entry<Long, Configuration> latest = member.log.floorEntry(member.counts.latestIndex());
    Map.Entry<Long, Configuration> before = member.log.lowerEntry(member.counts.latestIndex());
    boolean open = member.counts.latestIndex() > member.commitIndex;
    return votesIn(latest, id) || open && before != null && votesIn(before, id);
  }

  private boolean votesIn(Map.Entry<Long, Configuration> configuration, String id) {
    return voters(configuration.getValue()).contains(id)
        && !formerDisks.isMeant(id, configuration.getKey(), configuration.getValue());
  }

  private static boolean asks(Envelope message) {
    return message.getBodyCase() == BodyCase.PRE_VOTE
        || message.getBodyCase() == BodyCase.REQUEST_VOTE;
  }

  /** §6: the newest one in the log counts, and that is what the server says. */
  private void countsWhatIsInTheLog(String id, Member member) {
    Map.Entry<Long, Configuration> latest = member.log.lastEntry();
    Map.Entry<Long, Configuration> done = member.log.floorEntry(member.commitIndex);
    ConfigurationChanged true_ =
        new ConfigurationChanged(
            latest.getValue(), latest.getKey(), done.getValue(), done.getKey());
    if (!member.counts.equals(true_)) {
      throw new Violation(
          "LatestCounts", id + " says " + member.counts + ", in its log is " + true_);
    }
  }

  @Override
  public void sent(Envelope message) {
    promises.sent(message);
    Member member = members.get(message.getFrom());
    if (member != null && message.getAppendEntriesReply().getSuccess()) {
      durable(member, message.getTerm(), Promises.match(message.getAppendEntriesReply()));
    }
  }

  /** A server has told its leader that it has everything up to here, by a snapshot. */
  public void installed(String id, long term, long index) {
    Member member = members.get(id);
    promises.acknowledged(id, term, index);
    if (member != null) {
      durable(member, term, index);
    }
  }

  private static void durable(Member member, long term, long match) {
    if (term == member.term) {
      member.durable = Math.max(member.durable, match);
    }
  }

  /**
   * A server is to come back with an empty disk.
   *
   * @param member whether it is one, and must be found out
   */
  void emptied(String id, boolean member) {
    formerDisks.emptied(id);
    if (member) {
      promises.worthNothing(id);
    } else {
      promises.joinsAnew(id);
    }
  }

  @Override
  public void crashed(String id) {
    Member member = members.get(id);
    if (member != null) {
      member.role = Role.FOLLOWER;
    }
  }

  @Override
  public void diskReplaced(String id) {
    members.remove(id);
  }

  /** All configurations that this server ever had at this index. */
  List<Configuration> written(String id, long index) {
    return written.getOrDefault(id, new TreeMap<>()).getOrDefault(index, List.of());
  }

  /** Whether a server with this address was ever in any log. */
  boolean everWritten(String address) {
    return written.values().stream()
        .flatMap(byIndex -> byIndex.values().stream())
        .flatMap(List::stream)
        .flatMap(configuration -> configuration.getServersList().stream())
        .anyMatch(server -> server.getAddress().equals(address));
  }

  /** Who votes as a server sees it. */
  SortedSet<String> voters(String at) {
    Member member = members.get(at);
    return member == null ? new TreeSet<>() : voters(member.counts.latest());
  }

  /** Whether a server belongs to the group as another one sees it. */
  boolean belongs(String at, String id) {
    Member member = members.get(at);
    return member != null && Configurations.find(member.counts.latest(), id) != null;
  }

  /**
   * What may count, now or after a crash or a truncation, at any server: of each log everything
   * from the newest one on that is committed and surely on the disk.
   *
   * @param cores the servers that run
   */
  List<Configuration> mayCount(Function<String, @Nullable RaftCore> cores) {
    return mayCountWithout("", cores);
  }

  /** The same, when this server will have forgotten what it knows. */
  List<Configuration> mayCountWithout(String emptied, Function<String, @Nullable RaftCore> cores) {
    List<Configuration> all = new ArrayList<>();
    members.forEach(
        (id, member) -> {
          if (id.equals(emptied)) {
            return;
          }
          all.addAll(member.log.tailMap(settled(member, cores.apply(id)), true).values());
        });
    return all;
  }

  /** The index of the newest configuration in this log that is committed and surely on the disk. */
  private long settled(Member member, @Nullable RaftCore core) {
    long durable = Math.max(member.durable, core == null ? 0 : persisted(core));
    long newest = 0;
    for (Map.Entry<Long, Configuration> entry : member.log.entrySet()) {
      boolean stays =
          entry.getKey() <= durable && entry.getValue().equals(committed.at(entry.getKey()));
      newest = stays ? entry.getKey() : newest;
    }
    return newest;
  }

  /**
   * Whether no other member can come, or come back, to a configuration that does not say which disk
   * this one has: each has a later one for good.
   */
  public boolean allKnowTheDiskOf(String id, Function<String, @Nullable RaftCore> cores) {
    for (String other : committed.members()) {
      Member member = members.get(other);
      if (!other.equals(id) && (member == null || !knowsDisk(member, cores.apply(other), id))) {
        return false;
      }
    }
    return true;
  }

  private boolean knowsDisk(Member member, @Nullable RaftCore core, String id) {
    Configuration settled =
        member.log.getOrDefault(settled(member, core), Configuration.getDefaultInstance());
    Server server = Configurations.find(settled, id);
    return server != null && server.getStorage() != 0;
  }

  private static long persisted(RaftCore core) {
    Matcher text = PERSISTED.matcher(core.describe());
    return text.find() ? Long.parseLong(text.group(1)) : 0;
  }

  /** Who votes. */
  public static SortedSet<String> voters(Configuration configuration) {
    SortedSet<String> voters = new TreeSet<>();
    for (Server server : configuration.getServersList()) {
      if (server.getSuffrage() == Server.Suffrage.VOTER) {
        voters.add(server.getId());
      }
    }
    return voters;
  }

  private static Configuration parse(Entry entry) {
    try {
      return Configuration.parseFrom(entry.getData());
    } catch (InvalidProtocolBufferException e) {
      throw new Violation("Configurations", "entry " + entry.getIndex() + " is none");
    }
  }
}
