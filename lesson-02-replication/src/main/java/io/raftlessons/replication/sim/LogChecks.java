package io.raftlessons.replication.sim;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Effect;
import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.replication.LogEffect;
import io.raftlessons.replication.LogWrite;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.Violation;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The rest of Figure 3, checked at every step: leader append-only, log matching, leader
 * completeness, state machine safety; and that a crash takes back nothing a server promised. It
 * keeps its own copy of every log, made from what servers write, not from what they say.
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
    long handedOut;
  }

  private final Reach reach;
  private final Map<String, Server> servers = new TreeMap<>();
  private final Map<Place, Known> known = new TreeMap<>();
  private final Set<Long> commands = new TreeSet<>();
  private final List<Mark> committed = new ArrayList<>();

  public LogChecks(Reach reach) {
    this.reach = reach;
  }

  /** A server starts with this log. What it promised before must be in it. */
  public void restarted(String id, List<Entry> entries) {
    Server before = servers.get(id);
    Server now = new Server();
    entries.forEach(entry -> now.log.add(Mark.of(entry)));
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

  @Override
  public void stepped(String id, RaftCore core, Object input, Effects effects) {
    Server server = servers.get(id);
    if (server == null) {
      throw new IllegalStateException(id + " made a step before it was announced");
    }
    server.term = core.currentTerm();
    boolean ledBefore = server.role == Role.LEADER;
    server.role = core.role();
    for (Effect effect : effects.list()) {
      if (effect instanceof LogWrite.WriteLog write) {
        written(id, server, write, ledBefore && server.role == Role.LEADER);
      } else if (effect instanceof LogEffect.Apply apply) {
        handedOut(id, server, apply.entries());
      } else if (effect instanceof LogEffect.LoadLog) {
        reach.count("old entries read back from the store");
      } else if (effect instanceof RoleChanged change && change.role() == Role.LEADER) {
        leads(id, server);
      }
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

  private void handedOut(String id, Server server, List<Entry> entries) {
    for (Entry entry : entries) {
      int i = (int) entry.getIndex() - 1;
      if (entry.getIndex() != server.handedOut + 1) {
        throw new Violation(
            "AppliedIsCommittedPrefix",
            id + " applies entry " + entry.getIndex() + " after entry " + server.handedOut);
      }
      server.handedOut = entry.getIndex();
      Mark mark = Mark.of(entry);
      if (i < committed.size()) {
        if (!committed.get(i).equals(mark)) {
          throw new Violation(
              "StateMachineSafety",
              id + " applies another entry " + entry.getIndex() + " than a server before it");
        }
      } else {
        committed.add(mark);
        laterLeadersHaveIt(entry, server.term);
        onlyOnce(entry);
        reach.count("entry committed");
        if (mark.term() < server.term) {
          reach.count("entry of an earlier term committed");
        }
      }
    }
  }

  /** Leaders that were elected before anybody knew that this entry would be committed. */
  private void laterLeadersHaveIt(Entry entry, long committedBy) {
    int i = (int) entry.getIndex() - 1;
    servers.forEach(
        (id, server) -> {
          boolean later = server.role == Role.LEADER && server.term > committedBy;
          if (later && (i >= server.log.size() || !server.log.get(i).equals(Mark.of(entry)))) {
            throw new Violation(
                "LeaderCompleteness",
                id + " leads term " + server.term + " without entry " + (i + 1));
          }
        });
  }

  /** Every proposal begins with a number of its own, and is made once: it may be committed once. */
  private void onlyOnce(Entry entry) {
    if (entry.getType() == Entry.Type.COMMAND
        && !commands.add(entry.getData().asReadOnlyByteBuffer().getLong())) {
      throw new Violation("CommittedOnce", "entry " + entry.getIndex() + " was committed before");
    }
  }

  private void leads(String id, Server server) {
    for (int i = 0; i < committed.size(); i++) {
      if (i >= server.log.size() || !server.log.get(i).equals(committed.get(i))) {
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

  /** How many entries are committed. */
  public long committed() {
    return committed.size();
  }

  /** How far this server has handed its log to its machine, in this life. */
  public long handedOut(String id) {
    Server server = servers.get(id);
    return server == null ? 0 : server.handedOut;
  }
}
