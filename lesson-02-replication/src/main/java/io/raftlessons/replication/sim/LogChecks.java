package io.raftlessons.replication.sim;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Effect;
import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.replication.LogEffect;
import io.raftlessons.replication.LogStore;
import io.raftlessons.replication.LogWrite;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.Violation;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rest of Figure 3, checked at every step: leader append-only, log matching, leader
 * completeness, state machine safety; that a leader commits by an entry of its own term; and that a
 * crash takes back nothing a server promised. It keeps its own copy of every log, made from what
 * servers write, not from what they say. Where a snapshot stands for the beginning of a log, the
 * copy has what was committed there.
 */
public final class LogChecks implements Check {
  /** An entry, its data as a hash. The index is its place in the list. */
  private record Mark(long term, int type, long time, int data) {
    static Mark of(Entry entry) {
      return new Mark(
          entry.getTerm(),
          entry.getType().getNumber(),
          entry.getTime(),
          entry.getData().hashCode());
    }
  }

  private record Place(long index, long term) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      return index != other.index
          ? Long.compare(index, other.index)
          : Long.compare(term, other.term);
    }
  }

  /** What is known of the entry at a place: itself, and the term of the one before. */
  private record Known(Mark mark, long previousTerm) {}

  private static final class Server {
    List<Mark> log = new ArrayList<>();
    long term;
    Role role = Role.FOLLOWER;
    long promised;
    long commitIndex;
    long handedOut;

    /** What was promised beyond it was never committed. */
    void replaceBy(List<Mark> snapshot) {
      log = snapshot;
      promised = Math.min(promised, snapshot.size());
    }
  }

  private final Reach reach;
  private final boolean numbered;
  private final Map<String, Server> servers = new TreeMap<>();
  private final Map<Place, Known> known = new TreeMap<>();
  private final Set<Long> commands = new TreeSet<>();
  private final List<Mark> committed = new ArrayList<>();

  /** The term of whoever committed the entry first. */
  private final List<Long> committedIn = new ArrayList<>();

  private long committedCommands;
  private long applied;

  /**
   * @param numbered whether every command begins with eight bytes that no other command has; then
   *     no command may be committed twice
   */
  public LogChecks(Reach reach, boolean numbered) {
    this.reach = reach;
    this.numbered = numbered;
  }

  /**
   * A server starts with this log. What it promised before must be in it.
   *
   * @throws IOException if the store cannot be read
   */
  public void restarted(String id, LogStore store) throws IOException {
    restarted(id, store, 0);
  }

  /**
   * As the other one, where a snapshot covers the beginning of the log.
   *
   * @param snapshot where it ends; 0 if there is none
   */
  public void restarted(String id, LogStore store, long snapshot) throws IOException {
    Server before = servers.get(id);
    Server now = new Server();
    now.commitIndex = snapshot;
    now.handedOut = snapshot;
    long last = store.lastIndex();
    now.log = committedUpTo(id, last == 0 ? snapshot : store.firstIndex() - 1);
    while (now.log.size() < last) {
      store.read(now.log.size() + 1, 1 << 20).forEach(entry -> now.log.add(Mark.of(entry)));
    }
    if (!hasCommitted(now, snapshot)) {
      throw new Violation(
          "SnapshotFitsLog", id + " starts from a snapshot at " + snapshot + " and another log");
    }
    if (before != null && !hasCommitted(before, snapshot)) {
      before.replaceBy(committedUpTo(id, snapshot));
    }
    if (before != null) {
      for (int i = 0; i < before.promised; i++) {
        if (i >= now.log.size() || !now.log.get(i).equals(before.log.get(i))) {
          throw new Violation(
              "DurableBeforePromised",
              id
                  + " acknowledged entry "
                  + (i + 1)
                  + " and came back without it: "
                  + (i < now.log.size() ? "it has another one" : "it has " + now.log.size()));
        }
      }
      now.promised = before.promised;
      if (now.log.size() < before.log.size()) {
        reach.count("entries lost in a crash before they were promised");
      }
    }
    servers.put(id, now);
  }

  /** A copy of the beginning of the group's log. */
  private List<Mark> committedUpTo(String id, long index) {
    if (index > committed.size()) {
      throw new Violation(
          "SnapshotIsCommitted",
          id + " stands on a snapshot at " + index + ", committed are " + committed.size());
    }
    return new ArrayList<>(committed.subList(0, (int) index));
  }

  private boolean hasCommitted(Server server, long index) {
    int count = (int) index;
    return server.log.size() >= count
        && server.log.subList(0, count).equals(committed.subList(0, count));
  }

  /** A server's machine is about to be replaced by a snapshot that ends here. */
  public void restoring(String id, long index) {
    committedUpTo(id, index);
    Server server = servers.get(id);
    if (server == null || index <= server.handedOut) {
      throw new Violation("NeverBack", id + " restores an older snapshot, which ends at " + index);
    }
    server.handedOut = index;
  }

  /** A server has told its leader that it has everything up to here, by a snapshot. */
  public void installed(String id, long term, long index) {
    Server server = servers.get(id);
    if (server != null && term == server.term) {
      if (!hasCommitted(server, index)) {
        throw new Violation("InstalledIsThere", id + " says that it has the snapshot of " + index);
      }
      server.promised = Math.max(server.promised, index);
    }
  }

  @Override
  public void stepped(String id, RaftCore core, Object input, Effects effects) {
    Server server = servers.get(id);
    if (server == null) {
      throw new IllegalStateException(id + " made a step before it was announced");
    }
    int committedBefore = committed.size();
    boolean ledBefore = server.role == Role.LEADER;
    boolean ledThisTerm = ledBefore && server.term == core.currentTerm();
    server.term = core.currentTerm();
    server.role = core.role();
    for (Effect effect : effects.list()) {
      if (effect instanceof LogWrite.WriteLog write) {
        written(id, server, write, ledBefore && server.role == Role.LEADER);
      } else if (effect instanceof LogWrite.ResetLog) {
        reset(id, server, effects);
      }
    }
    for (Effect effect : effects.list()) {
      if (effect instanceof LogEffect.Committed now) {
        committed(id, server, now.commitIndex());
      } else if (effect instanceof LogEffect.Apply apply) {
        handedOut(id, server, apply.entries());
      } else if (effect instanceof LogEffect.LoadLog) {
        reach.count("old entries read back from the store");
      } else if (effect instanceof RoleChanged change && change.role() == Role.LEADER) {
        leads(id, server);
      }
    }
    boolean leads = ledThisTerm || server.role == Role.LEADER;
    if (leads && committed.size() > committedBefore) {
      byAnEntryOfItsOwn(id, server);
    }
  }

  private void written(String id, Server server, LogWrite.WriteLog write, boolean leads) {
    int size = server.log.size();
    if (write.from() > size + 1 || write.from() < 1) {
      throw new Violation(
          "NoHoles", id + " writes from " + write.from() + " on but has " + size + " entries");
    }
    int lost = (int) (size + 1 - write.from());
    if (lost > 0) {
      if (leads) {
        throw new Violation(
            "LeaderAppendOnly", id + " leads and truncates its log from " + write.from());
      }
      reach.count(lost > 1 ? "truncation of two and more entries" : "truncation of one entry");
      server.log.subList(size - lost, size).clear();
      server.promised = Math.min(server.promised, write.from() - 1);
    }
    for (Entry entry : write.entries()) {
      logMatching(id, server, entry);
      server.log.add(Mark.of(entry));
    }
  }

  /** A snapshot takes the place of the log; the server says in the same step where it ends. */
  private void reset(String id, Server server, Effects effects) {
    long index = restored(effects);
    if (server.role == Role.LEADER) {
      throw new Violation("LeaderAppendOnly", id + " leads and gives up its log");
    }
    if (hasCommitted(server, index)) {
      throw new Violation(
          "SuffixIsKept", id + " gives up a log that agrees with the snapshot of " + index);
    }
    int size = server.log.size();
    boolean prefix = size < index && hasCommitted(server, size);
    reach.count("install over a " + (prefix ? "shorter" : "conflicting") + " log");
    if (size >= index) {
      reach.count("install over another entry at its end");
    }
    server.replaceBy(committedUpTo(id, index));
  }

  /** Where the snapshot ends that took the place of the log in this step. */
  public static long restored(Effects effects) {
    boolean reset = false;
    for (Effect effect : effects.list()) {
      reset |= effect instanceof LogWrite.ResetLog;
      if (reset && effect instanceof LogEffect.Committed now) {
        return now.commitIndex();
      }
    }
    throw new Violation("SnapshotIsCommitted", "a log is given up, and nothing is committed");
  }

  private void logMatching(String id, Server server, Entry entry) {
    int size = server.log.size();
    if (entry.getIndex() != size + 1) {
      throw new Violation(
          "NoHoles", id + " puts entry " + entry.getIndex() + " after entry " + size);
    }
    long previousTerm = size == 0 ? 0 : server.log.get(size - 1).term();
    Known here = new Known(Mark.of(entry), previousTerm);
    Known before = known.putIfAbsent(new Place(entry.getIndex(), entry.getTerm()), here);
    if (before != null && !before.equals(here)) {
      throw new Violation(
          "LogMatching",
          "entry "
              + entry.getIndex()
              + " of term "
              + entry.getTerm()
              + " at "
              + id
              + " differs from another server's, or what is before it does");
    }
  }

  private void committed(String id, Server server, long index) {
    if (index < server.commitIndex || index > server.log.size()) {
      throw new Violation(
          "MonotonicCommit",
          id
              + " moves commitIndex from "
              + server.commitIndex
              + " to "
              + index
              + ", its log has "
              + server.log.size()
              + " entries");
    }
    for (int i = (int) server.commitIndex; i < index; i++) {
      Mark mark = server.log.get(i);
      if (i == committed.size()) {
        committed.add(mark);
        if (mark.type() == Entry.Type.COMMAND_VALUE) {
          committedCommands++;
        }
        committedIn.add(server.term);
        laterLeadersHaveIt(i, mark, server.term);
        reach.count("entry committed");
        if (mark.term() < server.term) {
          reach.count("entry of an earlier term committed");
        }
      } else if (!committed.get(i).equals(mark)) {
        throw new Violation(
            "CommittedNeverChanges",
            id + " commits another entry " + (i + 1) + " than a server before it");
      }
    }
    server.commitIndex = index;
  }

  /** §5.4.2: copies of an entry of an earlier term may be overwritten, however many there are. */
  private void byAnEntryOfItsOwn(String id, Server server) {
    long term = committed.get(committed.size() - 1).term();
    if (term != server.term) {
      throw new Violation(
          "OwnTermCommits",
          String.format(
              "%s leads term %d and commits up to entry %d, which is of term %d",
              id, server.term, committed.size(), term));
    }
  }

  /** Leaders that were elected before anybody knew that this entry would be committed. */
  private void laterLeadersHaveIt(int i, Mark mark, long committedBy) {
    servers.forEach(
        (id, server) -> {
          boolean later = server.role == Role.LEADER && server.term > committedBy;
          if (later && (i >= server.log.size() || !server.log.get(i).equals(mark))) {
            throw new Violation(
                "LeaderCompleteness",
                id + " leads term " + server.term + " without entry " + (i + 1));
          }
        });
  }

  private void handedOut(String id, Server server, List<Entry> entries) {
    for (Entry entry : entries) {
      long index = entry.getIndex();
      if (index != server.handedOut + 1 || index > server.commitIndex) {
        throw new Violation(
            "AppliedIsCommittedPrefix",
            id
                + " applies entry "
                + index
                + " after entry "
                + server.handedOut
                + ", committed is "
                + server.commitIndex);
      }
      server.handedOut = index;
      if (!committed.get((int) index - 1).equals(Mark.of(entry))) {
        throw new Violation(
            "StateMachineSafety", id + " applies another entry " + index + " than is committed");
      }
      if (index > applied) {
        applied = index;
        onlyOnce(entry);
      }
    }
  }

  /** Every proposal begins with a number of its own, and is made once: it may be committed once. */
  private void onlyOnce(Entry entry) {
    if (numbered
        && entry.getType() == Entry.Type.COMMAND
        && !commands.add(entry.getData().asReadOnlyByteBuffer().getLong())) {
      throw new Violation("CommittedOnce", "entry " + entry.getIndex() + " was committed before");
    }
  }

  /**
   * Leaders of higher terms have it (§5.4). One of a lower term, elected by votes that came late,
   * need not.
   */
  private void leads(String id, Server server) {
    for (int i = 0; i < committed.size(); i++) {
      boolean has = i < server.log.size() && server.log.get(i).equals(committed.get(i));
      if (!has && committedIn.get(i) < server.term) {
        throw new Violation(
            "LeaderCompleteness",
            id + " leads term " + server.term + " without the committed entry " + (i + 1));
      }
    }
  }

  @Override
  public void sent(Envelope message) {
    if (!message.hasAppendEntriesReply()) {
      return;
    }
    AppendEntriesReply reply = message.getAppendEntriesReply();
    Server server = servers.get(message.getFrom());
    if (server != null && reply.getSuccess() && message.getTerm() == server.term) {
      server.promised = Math.max(server.promised, reply.getPrevLogIndex() + reply.getCount());
    }
    if (!reply.getSuccess()) {
      reach.count("append refused");
    }
  }

  @Override
  public void crashed(String id) {
    Server server = servers.get(id);
    if (server != null) {
      server.role = Role.FOLLOWER;
    }
  }

  @Override
  public void diskReplaced(String id) {
    servers.remove(id);
  }

  /** A writer was told that its command is at this index. */
  public void acknowledged(long index, byte[] command, String by) {
    int i = (int) index - 1;
    if (i >= committed.size()
        || committed.get(i).data() != ByteString.copyFrom(command).hashCode()) {
      throw new Violation(
          "AcknowledgedIsCommitted",
          by + " acknowledged a command at index " + index + " where another one is committed");
    }
  }

  /** The last entry in this server's log; 0 if it has none. */
  public long lastIndex(String id) {
    Server server = servers.get(id);
    return server == null ? 0 : server.log.size();
  }

  /** How many entries are committed. */
  public long committed() {
    return committed.size();
  }

  /**
   * At this index all machines got another state.
   *
   * @param count of commands, as that state has it; not below any before
   */
  public void replaced(long index, long count) {
    long behind =
        committed.subList((int) index, committed.size()).stream()
            .filter(mark -> mark.type() == Entry.Type.COMMAND_VALUE)
            .count();
    committedCommands = count + behind;
  }

  /** How many commands are committed, as a machine that has applied them counts. */
  public long committedCommands() {
    return committedCommands;
  }

  /** Whether this server leads and no entry of its term is committed yet. */
  public boolean leadsWithoutCommit(String id) {
    Server server = servers.get(id);
    return server != null
        && server.role == Role.LEADER
        && (server.commitIndex == 0
            || server.log.get((int) server.commitIndex - 1).term() < server.term);
  }

  /** How far this server has handed its log to its machine, in this life. */
  public long handedOut(String id) {
    Server server = servers.get(id);
    return server == null ? 0 : server.handedOut;
  }
}
