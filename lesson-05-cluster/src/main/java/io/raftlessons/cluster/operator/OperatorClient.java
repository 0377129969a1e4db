package io.raftlessons.cluster.operator;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.raftlessons.cluster.operator.wire.AddVoterRequest;
import io.raftlessons.cluster.operator.wire.Answer;
import io.raftlessons.cluster.operator.wire.Changed;
import io.raftlessons.cluster.operator.wire.MemberList;
import io.raftlessons.cluster.operator.wire.NotLeader;
import io.raftlessons.cluster.operator.wire.OperatorGrpc;
import io.raftlessons.cluster.operator.wire.OperatorGrpc.OperatorBlockingStub;
import io.raftlessons.cluster.operator.wire.Question;
import io.raftlessons.cluster.operator.wire.RemoveServerRequest;
import io.raftlessons.cluster.operator.wire.TransferRequest;
import io.raftlessons.runtime.Address;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Asks the leader of a cluster, wherever it is: begins with any node, and goes where it is sent.
 * Blocking; used by one thread, and closed by any: that ends the looking.
 */
public final class OperatorClient implements AutoCloseable {
  /** How long it looks for a leader. */
  private static final long PATIENCE_NANOS = Duration.ofSeconds(15).toNanos();

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

  /**
   * @throws OperatorException if no leader is found
   */
  public MemberList members() throws InterruptedException {
    Question question = Question.newBuilder().setCluster(cluster).build();
    return ask(Duration.ZERO, stub -> stub.members(question)).getMembers();
  }

  /**
   * Adds a voter, or gives one another address. Returns when it votes.
   *
   * @throws OperatorException if no leader is found or it does not come to its end in time
   */
  public Changed addVoter(String id, String address, Duration timeout) throws InterruptedException {
    AddVoterRequest request =
        AddVoterRequest.newBuilder()
            .setCluster(cluster)
            .setId(id)
            .setAddress(address)
            .setTimeoutMillis(timeout.toMillis())
            .build();
    return ask(timeout, stub -> stub.addVoter(request)).getChanged();
  }

  /** Removes a server; one that does not belong stays away. Throws as addVoter. */
  public Changed removeServer(String id, Duration timeout) throws InterruptedException {
    RemoveServerRequest request =
        RemoveServerRequest.newBuilder()
            .setCluster(cluster)
            .setId(id)
            .setTimeoutMillis(timeout.toMillis())
            .build();
    return ask(timeout, stub -> stub.removeServer(request)).getChanged();
  }

  /** Makes the leader hand over. Throws as addVoter. */
  public void transfer(String target) throws InterruptedException {
    TransferRequest request =
        TransferRequest.newBuilder().setCluster(cluster).setTarget(target).build();
    Answer done = ask(Duration.ZERO, stub -> stub.transfer(request));
    if (!done.hasHandedOver()) {
      throw new OperatorException("this is no answer: " + done);
    }
  }

  private Answer ask(Duration timeout, Function<OperatorBlockingStub, Answer> question)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    String why;
    do {
      String asked = last;
      next = (next + 1) % addresses.size();
      last = addresses.get(next);
      try {
        OperatorBlockingStub stub =
            OperatorGrpc.newBlockingStub(channel(asked))
                .withDeadlineAfter(timeout.toMillis() + MARGIN_MILLIS, TimeUnit.MILLISECONDS);
        Answer answer = question.apply(stub);
        if (!answer.hasNotLeader()) {
          last = asked;
          if (answer.hasFailed()) {
            throw new OperatorException(answer.getFailed().getWhy());
          }
          return answer;
        }
        NotLeader hint = answer.getNotLeader();
        if (!hint.getAddress().isEmpty()) {
          last = hint.getAddress();
        }
        why = asked + " does not lead";
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() == Status.Code.PERMISSION_DENIED) {
          throw new OperatorException(asked + ": " + e.getStatus().getDescription());
        }
        why = asked + ": " + e.getStatus().getCode() + " " + e.getStatus().getDescription();
      }
    } while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS) && System.nanoTime() < deadline);
    throw new OperatorException("no leader was found. The last one that was asked: " + why);
  }

  private ManagedChannel channel(String address) {
    return channels.computeIfAbsent(
        address,
        key -> {
          Address at = Address.parse(key);
          String host = at.host();
          String plain = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
          return NettyChannelBuilder.forAddress(plain, at.port()).usePlaintext().build();
        });
  }

  @Override
  public void close() {
    closed.countDown();
    channels.values().forEach(ManagedChannel::shutdownNow);
  }
}
