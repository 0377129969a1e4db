package io.raftlessons.cluster.operator;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.raftlessons.cluster.operator.wire.AddServerRequest;
import io.raftlessons.cluster.operator.wire.Answer;
import io.raftlessons.cluster.operator.wire.ChangeServerRequest;
import io.raftlessons.cluster.operator.wire.Changed;
import io.raftlessons.cluster.operator.wire.MemberList;
import io.raftlessons.cluster.operator.wire.NotLeader;
import io.raftlessons.cluster.operator.wire.OperatorGrpc;
import io.raftlessons.cluster.operator.wire.OperatorGrpc.OperatorBlockingStub;
import io.raftlessons.cluster.operator.wire.Question;
import io.raftlessons.cluster.operator.wire.ReadSnapshotRequest;
import io.raftlessons.cluster.operator.wire.SnapshotPiece;
import io.raftlessons.cluster.operator.wire.SnapshotTaken;
import io.raftlessons.cluster.operator.wire.TransferRequest;
import io.raftlessons.runtime.Address;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks the leader of a cluster, wherever it is: begins with any node, and goes where it is sent.
 * Blocking; used by one thread, and closed by any: that ends the looking.
 */
public final class OperatorClient implements AutoCloseable {
  /** How long it looks for a leader, if it is not said. */
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** A machine may be large, and a disk slow. */
  private static final Duration SNAPSHOT_PATIENCE = Duration.ofMinutes(1);

  private static final Duration READ_LIMIT = Duration.ofHours(1);

  private static final long PAUSE_MILLIS = 100;
  private static final long MARGIN_MILLIS = 5_000;

  private final long cluster;
  private final List<String> addresses;
  private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private String last;
  private int next;

  /**
   * @param cluster its fingerprint
   * @param addresses of some nodes, "host:port"; not empty
   */
  public OperatorClient(long cluster, List<String> addresses) {
    this.cluster = cluster;
    this.addresses = List.copyOf(addresses);
    last = addresses.get(0);
  }

  /** As {@link #members(Duration)}, for longer than an election takes. */
  public MemberList members() throws InterruptedException {
    return members(PATIENCE);
  }

  /**
   * @param patience how long it looks for a leader
   * @throws OperatorException if none is found
   */
  public MemberList members(Duration patience) throws InterruptedException {
    Question question = Question.newBuilder().setCluster(cluster).build();
    return ask(patience, false, (stub, left) -> stub.members(question)).getMembers();
  }

  /**
   * Adds a voter, or gives one another address. Returns when it votes.
   *
   * @param ifIndex only if the newest configuration is that of this index; 0 for any
   * @param timeout for all of it, whoever leads meanwhile
   * @throws OperatorException if no leader is found or it does not come to its end in time
   */
  public Changed addVoter(String id, String address, long ifIndex, Duration timeout)
      throws InterruptedException {
    AddServerRequest.Builder request = addition(id, address, ifIndex);
    return change(timeout, (stub, left) -> stub.addVoter(request.setTimeoutMillis(left).build()));
  }

  /** Adds a server that gets the log and no vote; a voter keeps its own. As addVoter. */
  public Changed addNonvoter(String id, String address, long ifIndex, Duration timeout)
      throws InterruptedException {
    AddServerRequest.Builder request = addition(id, address, ifIndex);
    return change(
        timeout, (stub, left) -> stub.addNonvoter(request.setTimeoutMillis(left).build()));
  }

  private AddServerRequest.Builder addition(String id, String address, long ifIndex) {
    return AddServerRequest.newBuilder()
        .setCluster(cluster)
        .setId(id)
        .setAddress(address)
        .setPrevIndex(ifIndex);
  }

  /** Takes a server its vote; one that has none or does not belong stays so. As addVoter. */
  public Changed demoteVoter(String id, long ifIndex, Duration timeout)
      throws InterruptedException {
    ChangeServerRequest.Builder request = changeOf(id, ifIndex);
    return change(
        timeout, (stub, left) -> stub.demoteVoter(request.setTimeoutMillis(left).build()));
  }

  /** Removes a server; one that does not belong stays away. As addVoter. */
  public Changed removeServer(String id, long ifIndex, Duration timeout)
      throws InterruptedException {
    ChangeServerRequest.Builder request = changeOf(id, ifIndex);
    return change(
        timeout, (stub, left) -> stub.removeServer(request.setTimeoutMillis(left).build()));
  }

  private ChangeServerRequest.Builder changeOf(String id, long ifIndex) {
    return ChangeServerRequest.newBuilder().setCluster(cluster).setId(id).setPrevIndex(ifIndex);
  }

  private Changed change(Duration timeout, Call call) throws InterruptedException {
    return ask(timeout, true, call).getChanged();
  }

  /** Makes the leader hand over. Throws as addVoter. */
  public void transfer(String target) throws InterruptedException {
    TransferRequest request =
        TransferRequest.newBuilder().setCluster(cluster).setTarget(target).build();
    Answer done = ask(PATIENCE, false, (stub, left) -> stub.transfer(request));
    if (!done.hasHandedOver()) {
      throw new OperatorException("this is no answer: " + done);
    }
  }

  /**
   * Makes the leader take a snapshot of its machine.
   *
   * @throws OperatorException if no leader is found, or it cannot
   */
  public SnapshotTaken takeSnapshot() throws InterruptedException {
    Question question = Question.newBuilder().setCluster(cluster).build();
    return ask(SNAPSHOT_PATIENCE, true, (stub, left) -> stub.takeSnapshot(question))
        .getSnapshotTaken();
  }

  /**
   * Reads a snapshot from the node that answered last: the one that has just taken it.
   *
   * @param receiver told each piece, in order; the first one has the meta
   * @throws OperatorException if that node does not keep it, or ends in the middle
   */
  public void readSnapshot(String id, PieceReceiver receiver) throws IOException {
    ReadSnapshotRequest request =
        ReadSnapshotRequest.newBuilder().setCluster(cluster).setId(id).build();
    try {
      Iterator<SnapshotPiece> pieces =
          OperatorGrpc.newBlockingStub(channel(last))
              .withDeadlineAfter(READ_LIMIT.toSeconds(), TimeUnit.SECONDS)
              .readSnapshot(request);
      while (pieces.hasNext()) {
        receiver.take(pieces.next());
      }
    } catch (StatusRuntimeException e) {
      throw new OperatorException(
          "%s did not send snapshot %s: %s %s"
              .formatted(last, id, e.getStatus().getCode(), e.getStatus().getDescription()));
    }
  }

  /** Takes a snapshot in. */
  public interface PieceReceiver {
    void take(SnapshotPiece piece) throws IOException;
  }

  private interface Call {
    Answer ask(OperatorBlockingStub stub, long leftMillis);
  }

  /**
   * @param isChange whether it may take all of the time, and is asked for again when the one who
   *     was asked leads no more: what is made already is not made twice
   */
  private Answer ask(Duration patience, boolean isChange, Call call) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    boolean perhapsMade = false;
    String why;
    do {
      String asked = last;
      next = (next + 1) % addresses.size();
      last = addresses.get(next);
      long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
      long limit = (isChange ? left : 0) + MARGIN_MILLIS;
      try {
        OperatorBlockingStub stub =
            OperatorGrpc.newBlockingStub(channel(asked))
                .withDeadlineAfter(limit, TimeUnit.MILLISECONDS);
        Answer answer = call.ask(stub, left);
        if (answer.hasNotLeader()) {
          NotLeader hint = answer.getNotLeader();
          last = hint.getAddress().isEmpty() ? last : hint.getAddress();
          why = asked + " does not lead";
        } else if (isChange && answer.getFailed().getPassing()) {
          perhapsMade |= answer.getFailed().getPerhapsMade();
          why = asked + ": " + answer.getFailed().getWhy();
        } else if (answer.hasFailed()) {
          throw failure(answer.getFailed().getWhy(), perhapsMade);
        } else {
          last = asked;
          return answer;
        }
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() == Status.Code.PERMISSION_DENIED) {
          throw new OperatorException(asked + ": " + e.getStatus().getDescription());
        }
        perhapsMade |= isChange && mayHaveArrived(e);
        why = asked + ": " + e.getStatus().getCode() + " " + e.getStatus().getDescription();
      }
    } while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS) && System.nanoTime() < deadline);
    String what = "no leader was found within %d s. The last one that was asked: %s";
    throw failure(what.formatted(patience.toSeconds(), why), perhapsMade);
  }

  private static boolean mayHaveArrived(StatusRuntimeException e) {
    boolean starting = e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION;
    return !starting && !(e.getCause() instanceof ConnectException);
  }

  private static OperatorException failure(String why, boolean perhapsMade) {
    return new OperatorException(
        perhapsMade
            ? why + ". An earlier attempt may have succeeded or go on: 'cluster members' shows it"
            : why);
  }

  private ManagedChannel channel(String address) {
    ManagedChannel channel =
        channels.computeIfAbsent(
            address,
            key -> {
              Address at = Address.parse(key);
              String host = at.host();
              String plain = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
              return NettyChannelBuilder.forAddress(plain, at.port()).usePlaintext().build();
            });
    channel.resetConnectBackoff(); // a node that was down is asked again as soon as it is up
    return channel;
  }

  @Override
  public void close() {
    closed.countDown();
    channels.values().forEach(ManagedChannel::shutdownNow);
  }
}
