package io.raftlessons.cluster.operator;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.raftlessons.cluster.archive.Archive;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.operator.wire.AddServerRequest;
import io.raftlessons.cluster.operator.wire.Answer;
import io.raftlessons.cluster.operator.wire.ChangeServerRequest;
import io.raftlessons.cluster.operator.wire.Changed;
import io.raftlessons.cluster.operator.wire.Failed;
import io.raftlessons.cluster.operator.wire.HandedOver;
import io.raftlessons.cluster.operator.wire.Member;
import io.raftlessons.cluster.operator.wire.MemberList;
import io.raftlessons.cluster.operator.wire.NotLeader;
import io.raftlessons.cluster.operator.wire.OperatorGrpc;
import io.raftlessons.cluster.operator.wire.Question;
import io.raftlessons.cluster.operator.wire.ReadSnapshotRequest;
import io.raftlessons.cluster.operator.wire.SnapshotPiece;
import io.raftlessons.cluster.operator.wire.SnapshotTaken;
import io.raftlessons.cluster.operator.wire.TransferRequest;
import io.raftlessons.core.Role;
import io.raftlessons.membership.ChangeResult;
import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MemberStatus;
import io.raftlessons.membership.MembershipEffect.Reached;
import io.raftlessons.membership.MembershipEffect.Reason;
import io.raftlessons.membership.MembershipException;
import io.raftlessons.replication.RaftException;
import io.raftlessons.runtime.Address;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.snapshots.SnapshotSource;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets operators change the membership and take snapshots through this node while it leads, and
 * read snapshots whether it leads or not. Thread-safe.
 */
public final class OperatorService extends OperatorGrpc.OperatorImplBase {
  private static final long LONGEST_MILLIS = Duration.ofMinutes(10).toMillis();

  private static final long OPEN_SECONDS = 60;
  private static final int MAX_READERS = 2;

  private final long cluster;
  private final AtomicInteger reading = new AtomicInteger();
  private volatile Optional<Archive> archive = Optional.empty();
  private volatile @Nullable Raft node;

  /**
   * @param cluster the fingerprint that requests must have
   */
  public OperatorService(long cluster) {
    this.cluster = cluster;
  }

  /**
   * From now on it answers for this node; before, it refuses.
   *
   * @param copies of the node's snapshots, if there are any
   */
  public void serve(Raft node, Optional<Archive> copies) {
    archive = copies;
    this.node = node;
  }

  @Override
  public void members(Question request, StreamObserver<Answer> caller) {
    answer(
        request.getCluster(),
        caller,
        raft ->
            raft.members()
                .thenApply(all -> Answer.newBuilder().setMembers(list(raft, all)).build()));
  }

  private static MemberList list(Raft raft, List<MemberStatus> all) {
    MemberList.Builder list =
        MemberList.newBuilder()
            .setLeader(raft.id())
            .setTerm(raft.status().term())
            .setConfigurationIndex(raft.getConfiguration().latestIndex());
    for (MemberStatus member : all) {
      list.addMembers(
          Member.newBuilder()
              .setId(member.server().getId())
              .setAddress(member.server().getAddress())
              .setVoter(member.server().getSuffrage() == Server.Suffrage.VOTER)
              .setMatch(member.matchIndex())
              .setLag(member.lag())
              .setLastContactMillis(TimeUnit.NANOSECONDS.toMillis(member.lastContactNanos())));
    }
    return list.build();
  }

  /** One of the two ways to add a server. */
  private interface Addition {
    CompletableFuture<ChangeResult> make(
        String id, String address, long prevIndex, Duration timeout);
  }

  @Override
  public void addVoter(AddServerRequest request, StreamObserver<Answer> caller) {
    add(request, caller, raft -> raft::addVoter);
  }

  @Override
  public void addNonvoter(AddServerRequest request, StreamObserver<Answer> caller) {
    add(request, caller, raft -> raft::addNonvoter);
  }

  private void add(
      AddServerRequest request, StreamObserver<Answer> caller, Function<Raft, Addition> addition) {
    String id = request.getId();
    Optional<String> unusable = unusable(id, request.getAddress());
    answer(
        request.getCluster(),
        caller,
        raft ->
            unusable.isPresent()
                ? CompletableFuture.completedFuture(refused(unusable.get()))
                : addition
                    .apply(raft)
                    .make(
                        id,
                        request.getAddress(),
                        request.getPrevIndex(),
                        timeout(request.getTimeoutMillis()))
                    .thenApply(result -> changed(id, result)));
  }

  private static Answer refused(String why) {
    return Answer.newBuilder().setFailed(Failed.newBuilder().setWhy(why)).build();
  }

  /** Once it is in the log, every node has to live with it: this program must know what to do. */
  static Optional<String> unusable(String id, String address) {
    if (!id.matches("node-[1-" + Settings.MAX_NODES + "]")) {
      return Optional.of("a node is called node-1 to node-" + Settings.MAX_NODES + ", not " + id);
    }
    try {
      Address.parse(address);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void demoteVoter(ChangeServerRequest request, StreamObserver<Answer> caller) {
    answer(
        request.getCluster(),
        caller,
        raft ->
            raft.demoteVoter(
                    request.getId(), request.getPrevIndex(), timeout(request.getTimeoutMillis()))
                .thenApply(result -> changed(request.getId(), result)));
  }

  @Override
  public void removeServer(ChangeServerRequest request, StreamObserver<Answer> caller) {
    answer(
        request.getCluster(),
        caller,
        raft ->
            raft.removeServer(
                    request.getId(), request.getPrevIndex(), timeout(request.getTimeoutMillis()))
                .thenApply(result -> changed(request.getId(), result)));
  }

  /** Never zero, which would mean to wait for ever. */
  private static Duration timeout(long millis) {
    return Duration.ofMillis(Math.max(1, Math.min(LONGEST_MILLIS, millis)));
  }

  private static Answer changed(String id, ChangeResult result) {
    Changed changed =
        Changed.newBuilder()
            .setIndex(result.index())
            .setLogged(result.logged())
            .setStanding(standing(Configurations.find(result.configuration(), id)))
            .build();
    return Answer.newBuilder().setChanged(changed).build();
  }

  private static Changed.Standing standing(@Nullable Server server) {
    if (server == null) {
      return Changed.Standing.NO_MEMBER;
    }
    return server.getSuffrage() == Server.Suffrage.VOTER
        ? Changed.Standing.VOTER
        : Changed.Standing.NONVOTER;
  }

  @Override
  public void transfer(TransferRequest request, StreamObserver<Answer> caller) {
    Answer done = Answer.newBuilder().setHandedOver(HandedOver.getDefaultInstance()).build();
    answer(
        request.getCluster(),
        caller,
        raft ->
            (request.getTarget().isEmpty()
                    ? raft.leadershipTransfer()
                    : raft.leadershipTransferToServer(request.getTarget()))
                .thenApply(nothing -> done));
  }

  @Override
  public void takeSnapshot(Question request, StreamObserver<Answer> caller) {
    answer(
        request.getCluster(),
        caller,
        raft ->
            raft.state() == Role.LEADER
                ? raft.snapshot().thenCompose(this::archived)
                : CompletableFuture.failedFuture(
                    new RaftException.NotLeader(raft.status().leader())));
  }

  /** It is taken, whatever comes of the copy. */
  private CompletableFuture<Answer> archived(SnapshotMeta meta) {
    SnapshotTaken.Builder taken =
        SnapshotTaken.newBuilder()
            .setId(meta.getId())
            .setIndex(meta.getIndex())
            .setTerm(meta.getTerm())
            .setSize(meta.getSize());
    CompletableFuture<SnapshotTaken.Builder> copied =
        archive
            .map(
                copies ->
                    copies
                        .copyNow()
                        .thenApply(now -> taken.setArchive(now.place()))
                        .exceptionally(
                            failure ->
                                taken
                                    .setArchive(copies.status().place())
                                    .setNotArchived(String.valueOf(cause(failure).getMessage()))))
            .orElse(CompletableFuture.completedFuture(taken));
    return copied.thenApply(done -> Answer.newBuilder().setSnapshotTaken(done).build());
  }

  private static Throwable cause(Throwable failure) {
    Throwable wrapped = failure instanceof CompletionException ? failure.getCause() : null;
    return wrapped == null ? failure : wrapped;
  }

  /** Blocks while the snapshot is opened, and that is to read all of it. */
  @Override
  public void readSnapshot(ReadSnapshotRequest request, StreamObserver<SnapshotPiece> caller) {
    Raft raft = admit(request.getCluster(), caller);
    if (raft == null) {
      return;
    }
    if (reading.incrementAndGet() > MAX_READERS) {
      reading.decrementAndGet();
      String why = MAX_READERS + " snapshots are being read already: try again later";
      caller.onError(Status.RESOURCE_EXHAUSTED.withDescription(why).asRuntimeException());
      return;
    }
    try {
      SnapshotSource source =
          raft.openSnapshot(request.getId()).get(OPEN_SECONDS, TimeUnit.SECONDS);
      SnapshotStream.begin(
          source, (ServerCallStreamObserver<SnapshotPiece>) caller, reading::decrementAndGet);
    } catch (ExecutionException | TimeoutException | IOException e) {
      reading.decrementAndGet();
      Throwable inner = e.getCause();
      Throwable cause = e instanceof ExecutionException && inner != null ? inner : e;
      String why = "this node has no such snapshot: " + cause.getMessage();
      caller.onError(Status.NOT_FOUND.withDescription(why).asRuntimeException());
    } catch (InterruptedException e) {
      reading.decrementAndGet();
      Thread.currentThread().interrupt();
      caller.onError(Status.UNAVAILABLE.asRuntimeException());
    }
  }

  private void answer(
      long asked,
      StreamObserver<Answer> caller,
      Function<Raft, CompletableFuture<Answer>> question) {
    Raft raft = admit(asked, caller);
    if (raft != null) {
      question
          .apply(raft)
          .exceptionally(failure -> failed(raft, failure))
          .thenAccept(
              answer -> {
                caller.onNext(answer);
                caller.onCompleted();
              });
    }
  }

  /** The server that answers; null if the caller was told why there is none. */
  private @Nullable Raft admit(long asked, StreamObserver<?> caller) {
    Raft raft = node;
    if (asked != cluster) {
      String why = "this node belongs to another cluster";
      caller.onError(Status.PERMISSION_DENIED.withDescription(why).asRuntimeException());
      return null;
    } else if (raft == null) {
      String why = "this node is starting";
      caller.onError(Status.FAILED_PRECONDITION.withDescription(why).asRuntimeException());
    }
    return raft;
  }

  private static Answer failed(Raft raft, Throwable failure) {
    Throwable cause = cause(failure);
    if (cause instanceof RaftException.NotLeader elsewhere) {
      Server leader = Configurations.find(raft.getConfiguration().latest(), elsewhere.leader());
      NotLeader.Builder hint = NotLeader.newBuilder().setLeader(elsewhere.leader());
      if (leader != null) {
        hint.setAddress(leader.getAddress());
      }
      return Answer.newBuilder().setNotLeader(hint).build();
    }
    Failed.Builder failed = Failed.newBuilder().setWhy(String.valueOf(cause.getMessage()));
    if (cause instanceof RaftException.Busy || cause instanceof RaftException.TransferInProgress) {
      failed.setPassing(true);
    } else if (cause instanceof RaftException.Shutdown) {
      failed.setPassing(true).setPerhapsMade(true);
    } else if (cause instanceof MembershipException known) {
      failed.setPassing(known.reason() == Reason.LEADERSHIP_LOST);
      failed.setPerhapsMade(known.reached() != Reached.NOTHING);
    }
    return Answer.newBuilder().setFailed(failed).build();
  }
}
