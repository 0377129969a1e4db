// Yours to write: lesson 4, exercises 4.1 to 4.5. (starter d495a4ccb4609429)
package io.raftlessons.snapshots;

import com.google.protobuf.ByteString;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.course.Todo;
import io.raftlessons.membership.Membership;
import io.raftlessons.replication.LogListener;
import io.raftlessons.replication.LogStart;
import io.raftlessons.replication.Progress;
import io.raftlessons.replication.Replication;
import io.raftlessons.snapshots.SnapshotEffect.LoadChunk;
import io.raftlessons.snapshots.SnapshotEffect.Restore;
import io.raftlessons.snapshots.SnapshotEffect.StoreChunk;
import io.raftlessons.snapshots.SnapshotEffect.TakeAnother;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.InstallSnapshot;
import io.raftlessons.wire.InstallSnapshotReply;
import io.raftlessons.wire.SnapshotMeta;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * InstallSnapshot on both sides (Figure 13), and what becomes of the log when a snapshot is there.
 *
 * <p>A leader sends a chunk when the one before is answered for. The answer says how much the
 * follower has, so that is where it goes on, also after an interruption. What gets no answer is
 * asked about again.
 */
public final class MySnapshots implements Snapshots {
  private static final long SECOND = 1_000_000_000;

  private final RaftConfig config;
  private final SnapshotConfig bounds;
  private final Electorate electorate;
  private final Replication replication;
  private final Membership membership;
  private final TreeMap<String, Outgoing> outgoing = new TreeMap<>();
  private @Nullable SnapshotMeta latest;
  private @Nullable Incoming incoming;
  private long mayLoadAt;

  public MySnapshots(
      RaftConfig config,
      SnapshotConfig bounds,
      Optional<SnapshotMeta> latest,
      Electorate electorate,
      Replication replication,
      Membership membership) {
    this.config = config;
    this.bounds = bounds;
    this.latest = latest.orElse(null);
    this.electorate = electorate;
    this.replication = replication;
    this.membership = membership;
  }

  @Override
  public Set<BodyCase> handles() {
    return EnumSet.of(BodyCase.INSTALL_SNAPSHOT, BodyCase.INSTALL_SNAPSHOT_REPLY);
  }

  @Override
  public Optional<SnapshotMeta> latest() {
    return Optional.ofNullable(latest);
  }

  @Override
  public void taken(Step step, SnapshotMeta meta, long trailing) {
    // exercise 4.1: keep it, and let go of the log before it, but what a follower will need soon.
    // UN-30, UN-32. README, step 1; about 25 minutes.
    Todo.here("4.1");
    // end of exercise 4.1
  }

  /** One that was begun earlier may end later than one from the leader. */
  private void keepNewest(SnapshotMeta meta) {
    // exercise 4.1: note it, unless a newer one is there.
    // UN-30, UN-32. README, step 1; about 25 minutes.
    Todo.here("4.1");
    // end of exercise 4.1
  }

  @Override
  public void fellBehind(Step step, String peer) {
    // exercise 4.2: begin to send the newest snapshot: first ask how much the follower has of it.
    // UN-31. README, step 2; about 30 minutes.
    Todo.here("4.2");
    // end of exercise 4.2
  }

  private void ask(Step step, String peer, Outgoing sending) {
    send(step, peer, sending, ByteString.EMPTY);
  }

  private void send(Step step, String peer, Outgoing sending, ByteString data) {
    sending.asked(step.now());
    InstallSnapshot.Builder install =
        InstallSnapshot.newBuilder()
            .setMeta(sending.meta())
            .setOffset(sending.offset())
            .setData(data)
            .setReceiverJoined(electorate.joinedAt(peer));
    step.sendNow(peer, Envelope.newBuilder().setInstallSnapshot(install));
  }

  @Override
  public void endOfStep(Step step) {
    outgoing.keySet().removeIf(peer -> !needsSnapshot(peer));
    if (step.now() >= mayLoadAt) {
      outgoing.forEach((peer, sending) -> loadIfDue(step, peer, sending));
    }
  }

  private boolean needsSnapshot(String peer) {
    return replication.followers().contains(peer)
        && replication.progress(peer).state() == Progress.State.SNAPSHOT;
  }

  private void loadIfDue(Step step, String peer, Outgoing sending) {
    if (sending.isDue()) {
      sending.loading();
      step.emit(new LoadChunk(peer, sending.meta(), sending.offset(), bounds.maxChunkBytes()));
    }
  }

  @Override
  public void chunkLoaded(Step step, String to, SnapshotMeta meta, long offset, ByteString data) {
    // exercise 4.2: send the chunk if it is still wanted; not more a second than the bounds say.
    // UN-31. README, step 2; about 30 minutes.
    Todo.here("4.2");
    // end of exercise 4.2
  }

  @Override
  public void chunkMissing(Step step, String to, SnapshotMeta meta) {
    Outgoing sending = outgoing.get(to);
    if (sending != null && sending.isLoading(meta, sending.offset()) && latest != null) {
      if (latest.equals(meta)) {
        step.emit(new TakeAnother());
        sending.beginAnew(step.now());
      } else {
        sending.replaceBy(latest);
      }
    }
  }

  @Override
  public void onTime(Step step) {
    outgoing.forEach(
        (peer, sending) -> {
          if (sending.isToBeAskedAgain(step.now())) {
            ask(step, peer, sending);
          }
        });
  }

  @Override
  public long wakeAt(Step step) {
    return outgoing.values().stream()
        .mapToLong(sending -> sending.wakeAt(mayLoadAt))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  @Override
  public void becameLeader(Step step) {
    outgoing.clear();
    if (incoming != null && !incoming.isRestoring()) {
      incoming = null;
    }
  }

  @Override
  public void becameFollower(Step step) {
    outgoing.clear();
  }

  @Override
  public void onMessage(Step step, Envelope message) {
    if (message.getBodyCase() == BodyCase.INSTALL_SNAPSHOT) {
      onInstall(step, message.getFrom(), message.getInstallSnapshot());
    } else {
      onReply(step, message.getFrom(), message.getInstallSnapshotReply());
    }
  }

  private void onReply(Step step, String from, InstallSnapshotReply reply) {
    // exercise 4.2: go on where the follower says, or end when it has the snapshot.
    // UN-31. README, step 2; about 30 minutes.
    Todo.here("4.2");
    // end of exercise 4.2
  }

  /** Figure 13, receiver steps 2 to 4. */
  private void onInstall(Step step, String leader, InstallSnapshot install) {
    if (install.getReceiverJoined() > 0) {
      step.tell(LogListener.class, l -> l.joinedAt(step, install.getReceiverJoined()));
    }
    SnapshotMeta meta = install.getMeta();
    // exercise 4.3: store the next chunk, or say what this server has; nothing ever moves back.
    // SN-2, SN-3, SN-5. README, step 3; about 30 minutes.
    Todo.here("4.3");
    // end of exercise 4.3
  }

  @Override
  public void chunkStored(Step step, StoreChunk chunk) {
    // exercise 4.4: ask for more, or let the machine restore it if it is whole and still newer.
    // SN-4, UN-33. README, step 4; about 20 minutes.
    Todo.here("4.4");
    // end of exercise 4.4
  }

  @Override
  public void storeFailed(Step step, StoreChunk chunk) {
    if (incoming != null && incoming.isStoring(chunk)) {
      incoming = null;
    }
  }

  @Override
  public void restored(Step step, SnapshotMeta meta) {
    // exercise 4.5: membership and log begin with the snapshot from now on; tell the leader.
    // SN-6, SN-7, SN-8. README, step 5; about 20 minutes.
    Todo.here("4.5");
    // end of exercise 4.5
  }

  /** It promises what is in the log, so it waits for the disk. */
  private static void installed(Step step, String leader, SnapshotMeta meta) {
    InstallSnapshotReply.Builder reply =
        InstallSnapshotReply.newBuilder()
            .setId(meta.getId())
            .setOffset(meta.getSize())
            .setInstalled(true);
    step.sendAfterSync(leader, Envelope.newBuilder().setInstallSnapshotReply(reply));
  }

  private static void replyToLeader(Step step, SnapshotMeta meta, long offset) {
    if (!step.leader().isEmpty() && step.role() != Role.LEADER) {
      reply(step, step.leader(), meta, offset);
    }
  }

  private static void reply(Step step, String leader, SnapshotMeta meta, long offset) {
    InstallSnapshotReply.Builder reply =
        InstallSnapshotReply.newBuilder().setId(meta.getId()).setOffset(offset);
    step.sendNow(leader, Envelope.newBuilder().setInstallSnapshotReply(reply));
  }

  @Override
  public void refuse(Step step, Envelope message) {
    reply(step, message.getFrom(), message.getInstallSnapshot().getMeta(), 0);
  }

  @Override
  public SortedMap<String, Sending> sending() {
    if (outgoing.isEmpty()) {
      return Collections.emptySortedMap(); // it is asked after every step
    }
    TreeMap<String, Sending> sending = new TreeMap<>();
    outgoing.forEach((peer, out) -> sending.put(peer, new Sending(out.meta(), out.offset())));
    return sending;
  }

  @Override
  public void describe(StringBuilder text) {
    if (latest != null) {
      text.append(" snapshot=").append(latest.getIndex()).append(':').append(latest.getTerm());
    }
    sending()
        .forEach(
            (peer, sending) ->
                text.append(" sending ")
                    .append(peer)
                    .append('=')
                    .append(sending.meta().getIndex())
                    .append('@')
                    .append(sending.offset()));
    if (incoming != null) {
      text.append(" receiving=").append(incoming.meta().getIndex());
      text.append('@').append(incoming.offset()).append(incoming.isRestoring() ? " restoring" : "");
    }
  }
}
