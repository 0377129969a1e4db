package io.raftlessons.snapshots;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Part;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.membership.ConfigurationHistory;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A leader brings a snapshot of its user's into the group, see {@link Raft#restore}: it appends it
 * to the log, part by part, with nothing between the parts.
 *
 * <p>A restore that ends early leaves parts behind that nobody goes on with. What is appended next
 * says so to all servers; if nobody else appends anything, this does.
 */
final class Restores implements Part {
  /** How many indexes are burned at most, and how many in one step: each is an entry. */
  static final long MOST_BURNED = 1_000_000;

  private static final int BURNED_AT_ONCE = 10_000;

  private static final class Session {
    final long requestId;
    final SnapshotMeta meta;
    final long deadline;
    long burn;
    long offset;
    boolean reading;

    /** The next part, if it is there, and how much of the content it has. */
    @Nullable ByteString part;

    int partSize;

    /** The last part is in the log: from now on the log says what becomes of it. */
    boolean complete;

    Session(long requestId, SnapshotMeta meta, long burn, long deadline) {
      this.requestId = requestId;
      this.meta = meta;
      this.burn = burn;
      this.deadline = deadline;
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
  private @Nullable Session session;

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

  /**
   * Begins to restore.
   *
   * @param wanted its index, size and checksum
   * @param deadline when the caller gives up, in nanoseconds of the raft loop
   */
  void restore(Step step, long requestId, SnapshotMeta wanted, long deadline) {
    long parts = Math.max(1, (wanted.getSize() + partBytes - 1) / partBytes);
    long burn = Math.max(0, wanted.getIndex() + 1 - (log.lastIndex() + parts));
    if (step.role() != Role.LEADER) {
      fail(step, requestId, new RaftException.NotLeader(step.leader()));
    } else if (session != null) {
      fail(step, requestId, new RaftException.Busy("another restore is under way"));
    } else if (!replication.committedInOwnTerm(step)
        || history.latestIndex() != history.committedIndex()) {
      fail(step, requestId, new RaftException.Busy("the configuration is not settled"));
    } else if (burn > MOST_BURNED) {
      String why = "the snapshot is of index " + wanted.getIndex() + ", too far ahead of this log";
      fail(step, requestId, RestoreException.nothingDone(why));
    } else {
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
      session = new Session(requestId, meta, burn, deadline);
      gate.close();
    }
  }

  /** The answer to {@link ReadPart}. */
  void partRead(Step step, long requestId, ByteString data) {
    if (session != null && session.requestId == requestId) {
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
    if (session != null && session.requestId == requestId) {
      end(step, session, why);
    }
  }

  @Override
  public void endOfStep(Step step) {
    Session now = session;
    if (now != null && now.complete) {
      if (replication.lastApplied() >= now.meta.getIndex()) {
        session = null;
        step.emit(new RestoreDone(now.requestId, now.meta.getIndex()));
      }
    } else if (now != null) {
      goOn(step, now);
    } else if (open && step.role() == Role.LEADER) {
      Proposal end = replication.propose(step, Entry.Type.BARRIER, ByteString.EMPTY);
      open = !(end instanceof Proposal.Accepted);
    }
  }

  private void goOn(Step step, Session now) {
    for (int i = 0; now.burn > 0 && i < BURNED_AT_ONCE; i++) {
      if (!append(step, now, Entry.Type.NOOP, ByteString.EMPTY)) {
        return;
      }
      now.burn--;
      open = false;
    }
    if (now.burn > 0) {
      return; // the answers to these go on
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
      step.emit(new ReadPart(now.requestId, (int) Math.min(partBytes, now.rest())));
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
    fail(step, now.requestId, why);
  }

  private static void fail(Step step, long requestId, RaftException why) {
    step.emit(new RestoreFailed(requestId, why));
  }

  @Override
  public void becameFollower(Step step) {
    open = false; // what a new leader appends first says it
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
    Session now = session;
    if (now != null && step.now() >= now.deadline) {
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
    return session == null ? Long.MAX_VALUE : session.deadline;
  }

  @Override
  public void describe(StringBuilder text) {
    if (session != null) {
      text.append(" restoring=").append(session.meta.getIndex()).append('@').append(session.offset);
    }
  }
}
