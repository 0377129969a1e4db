package io.raftlessons.snapshots;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Part;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.membership.ConfigurationHistory;
import io.raftlessons.replication.LogListener;
import io.raftlessons.replication.Proposal;
import io.raftlessons.replication.RaftException;
import io.raftlessons.replication.RaftLog;
import io.raftlessons.replication.Replication;
import io.raftlessons.snapshots.RestoreEffect.ReadPart;
import io.raftlessons.snapshots.RestoreEffect.RestoreDone;
import io.raftlessons.snapshots.RestoreEffect.RestoreFailed;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.RestorePart;
import io.raftlessons.wire.SnapshotMeta;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A leader brings a snapshot of its user's into the group, see {@link Raft#restore}: it appends it
 * to the log, part by part, with nothing between the parts.
 *
 * <p>A restore that ends early leaves parts behind that nobody goes on with. What is appended next
 * says so to all servers; if nobody else appends anything, this does.
 */
final class Restores implements Part, LogListener {
  /** How many indexes are burned at most: each is an entry. */
  static final long MOST_BURNED = 1_000_000;

  /** How many of them may wait to be committed. More would keep heartbeats waiting. */
  private static final long BURNED_AT_ONCE = 10_000;

  /**
   * What a caller wants.
   *
   * @param meta its index, size and checksum
   * @param deadline when the caller gives up, in nanoseconds of the raft loop
   */
  record Request(long id, SnapshotMeta meta, long deadline) {}

  private static final class Session {
    final Request request;
    final SnapshotMeta meta;
    long burn;
    long offset;
    boolean reading;

    /** The next part, if it is there, and how much of the content it has. */
    @Nullable ByteString part;

    int partSize;

    /** The last part is in the log: from now on the log says what becomes of it. */
    boolean complete;

    Session(Request request, SnapshotMeta meta, long burn) {
      this.request = request;
      this.meta = meta;
      this.burn = burn;
    }

    long rest() {
      return meta.getSize() - offset;
    }
  }

  private final int partBytes;
  private final RaftLog log;
  private final ConfigurationHistory history;
  private final Replication replication;
  private final RestoreGate gate;
  private @Nullable Request waiting;
  private @Nullable Session session;

  /** The last entry that all parts of this server know to be in the log. */
  private long lastKnown;

  /** What this leader appended last is a part, and not the last one. */
  private boolean open;

  /**
   * @param partBytes what a part carries at most
   */
  Restores(
      int partBytes,
      RaftLog log,
      ConfigurationHistory history,
      Replication replication,
      RestoreGate gate) {
    this.partBytes = partBytes;
    this.log = log;
    this.history = history;
    this.replication = replication;
    this.gate = gate;
  }

  @Override
  public Set<BodyCase> handles() {
    return EnumSet.noneOf(BodyCase.class);
  }

  @Override
  public void onMessage(Step step, Envelope message) {
    throw new IllegalArgumentException("not mine: " + message.getBodyCase());
  }

  /** Begins to restore, as soon as an entry of this term and all configurations are committed. */
  void restore(Step step, Request request) {
    if (step.role() != Role.LEADER) {
      fail(step, request, new RaftException.NotLeader(step.leader()));
    } else if (session != null || waiting != null) {
      fail(step, request, new RaftException.Busy("another restore is under way"));
    } else {
      waiting = request;
      beginIfSettled(step, request);
    }
  }

  @Override
  public void appended(Step step, List<Entry> entries) {
    lastKnown = entries.get(entries.size() - 1).getIndex();
  }

  /** Of a configuration that was appended in this step the history is told at its end only. */
  private void beginIfSettled(Step step, Request request) {
    boolean settled =
        history.latestIndex() == history.committedIndex() && log.lastIndex() == lastKnown;
    if (!settled || !replication.committedInOwnTerm(step)) {
      return;
    }
    waiting = null;
    SnapshotMeta wanted = request.meta();
    long parts = Math.max(1, (wanted.getSize() + partBytes - 1) / partBytes);
    long burn = Math.max(0, wanted.getIndex() + 1 - (log.lastIndex() + parts));
    if (burn > MOST_BURNED) {
      String why = "the snapshot is of index " + wanted.getIndex() + ", too far ahead of this log";
      fail(step, request, RestoreException.nothingDone(why));
      return;
    }
    long last = log.lastIndex() + burn + parts;
    SnapshotMeta meta =
        SnapshotMeta.newBuilder()
            .setId(step.currentTerm() + "-" + last + "-restored")
            .setIndex(last)
            .setTerm(step.currentTerm())
            .setConfiguration(history.latest())
            .setConfigurationIndex(history.latestIndex())
            .setSize(wanted.getSize())
            .setChecksum(wanted.getChecksum())
            .build();
    session = new Session(request, meta, burn);
    gate.close();
  }

  /** The answer to {@link ReadPart}. */
  void partRead(Step step, long requestId, ByteString data) {
    if (session != null && session.request.id() == requestId) {
      RestorePart part =
          RestorePart.newBuilder()
              .setMeta(session.meta)
              .setOffset(session.offset)
              .setData(data)
              .build();
      session.part = part.toByteString();
      session.partSize = data.size();
    }
  }

  /** The caller's snapshot cannot be read, or is not what it should be. */
  void giveUp(Step step, long requestId, RaftException why) {
    if (session != null && session.request.id() == requestId) {
      end(step, session, why);
    }
  }

  @Override
  public void endOfStep(Step step) {
    if (waiting != null) {
      beginIfSettled(step, waiting);
    }
    Session now = session;
    if (now != null && now.complete) {
      if (replication.lastApplied() >= now.meta.getIndex()) {
        session = null;
        step.emit(new RestoreDone(now.request.id(), now.meta.getIndex()));
      }
    } else if (now != null) {
      goOn(step, now);
    } else if (open && step.role() == Role.LEADER) {
      Proposal end = replication.propose(step, Entry.Type.BARRIER, ByteString.EMPTY);
      open = !(end instanceof Proposal.Accepted);
    }
  }

  private void goOn(Step step, Session now) {
    long mayEndAt = replication.commitIndex() + BURNED_AT_ONCE;
    while (now.burn > 0 && log.lastIndex() < mayEndAt) {
      if (!append(step, now, Entry.Type.NOOP, ByteString.EMPTY)) {
        return;
      }
      now.burn--;
      open = false;
    }
    if (now.burn > 0) {
      return;
    }
    if (now.part != null) {
      if (!append(step, now, Entry.Type.RESTORE, now.part)) {
        return;
      }
      now.offset += now.partSize;
      now.part = null;
      now.reading = false;
      now.complete = now.rest() == 0;
      open = !now.complete;
    }
    if (now.complete) {
      gate.open();
    } else if (!now.reading) {
      now.reading = true;
      step.emit(new ReadPart(now.request.id(), (int) Math.min(partBytes, now.rest())));
    }
  }

  /** False: there is no room for it now, or never. */
  private boolean append(Step step, Session now, Entry.Type type, ByteString data) {
    gate.open();
    Proposal answer = replication.propose(step, type, data);
    gate.close();
    if (answer instanceof Proposal.Refused refused && refused.reason() != Proposal.Reason.BUSY) {
      end(step, now, RaftException.of(refused));
    }
    return answer instanceof Proposal.Accepted;
  }

  private void end(Step step, Session now, RaftException why) {
    session = null;
    gate.open();
    fail(step, now.request, why);
  }

  private static void fail(Step step, Request request, RaftException why) {
    step.emit(new RestoreFailed(request.id(), why));
  }

  @Override
  public void becameFollower(Step step) {
    open = false; // what a new leader appends first says it
    if (waiting != null) {
      fail(step, waiting, new RaftException.NotLeader(step.leader()));
      waiting = null;
    }
    Session now = session;
    if (now == null) {
      return;
    }
    if (!now.complete) {
      end(step, now, new RaftException.NotLeader(step.leader()));
    } else if (replication.commitIndex() < now.meta.getIndex()) {
      String why = "leadership was lost before the snapshot was committed: its outcome is unknown";
      end(step, now, new RaftException.LeadershipLost(why));
    }
  }

  @Override
  public void onTime(Step step) {
    if (waiting != null && step.now() >= waiting.deadline()) {
      fail(
          step, waiting, RestoreException.nothingDone("the configuration was not settled in time"));
      waiting = null;
    }
    Session now = session;
    if (now != null && step.now() >= now.request.deadline()) {
      end(
          step,
          now,
          now.complete
              ? new RestoreException("not restored in time: it may be, later", true)
              : RestoreException.nothingDone("not all was in the log in time"));
    }
  }

  @Override
  public long wakeAt(Step step) {
    Request request = session == null ? waiting : session.request;
    return request == null ? Long.MAX_VALUE : request.deadline();
  }

  @Override
  public void describe(StringBuilder text) {
    if (session != null) {
      text.append(" restoring=").append(session.meta.getIndex()).append('@').append(session.offset);
    }
  }
}
