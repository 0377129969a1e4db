package io.raftlessons.cluster.launcher;

import com.google.protobuf.Message;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.raftlessons.cluster.operator.wire.AddServerRequest;
import io.raftlessons.cluster.operator.wire.Answer;
import io.raftlessons.cluster.operator.wire.ChangeServerRequest;
import io.raftlessons.cluster.operator.wire.Changed;
import io.raftlessons.cluster.operator.wire.Failed;
import io.raftlessons.cluster.operator.wire.Member;
import io.raftlessons.cluster.operator.wire.MemberList;
import io.raftlessons.cluster.operator.wire.NotLeader;
import io.raftlessons.cluster.operator.wire.OperatorGrpc;
import io.raftlessons.cluster.operator.wire.Question;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A launcher and its one node as commands see them. What the node says to operators is given by a
 * test; a change for which nothing is given waits until something is.
 */
final class ScriptedCluster implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  static final Answer NOBODY_LEADS =
      Answer.newBuilder().setNotLeader(NotLeader.getDefaultInstance()).build();

  /** What the launcher was told to do, but to show its status. */
  final List<String> launched = new CopyOnWriteArrayList<>();

  /** The changes that were asked for, each as often as it was. */
  final List<Message> asked = new CopyOnWriteArrayList<>();

  volatile Answer members = NOBODY_LEADS;

  private final Queue<StreamObserver<Answer>> waiting = new ConcurrentLinkedQueue<>();
  private final Queue<Answer> script = new ConcurrentLinkedQueue<>();
  private final ControlServer launcher;
  private final Server node;

  ScriptedCluster(ClusterDirectory directory) throws IOException {
    directory.create();
    launcher = new ControlServer(Duration.ofSeconds(5), this::launch);
    launcher.file().write(directory.controlFile());
    node =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Node())
            .build()
            .start();
  }

  private ObjectNode launch(String command, int number) {
    if (!command.equals("status")) {
      launched.add(command + " " + number);
      return JSON.createObjectNode().put("message", "node-" + number + ": " + command);
    }
    ObjectNode status = JSON.createObjectNode().put("fingerprint", "7");
    status
        .putArray("nodes")
        .addObject()
        .put("node", "node-4")
        .put("address", "127.0.0.1:" + node.getPort())
        .put("state", "running");
    return status;
  }

  private final class Node extends OperatorGrpc.OperatorImplBase {
    @Override
    public void members(Question question, StreamObserver<Answer> caller) {
      answer(caller, members);
    }

    @Override
    public void addVoter(AddServerRequest request, StreamObserver<Answer> caller) {
      change(request, caller);
    }

    @Override
    public void addNonvoter(AddServerRequest request, StreamObserver<Answer> caller) {
      change(request, caller);
    }

    @Override
    public void demoteVoter(ChangeServerRequest request, StreamObserver<Answer> caller) {
      change(request, caller);
    }

    @Override
    public void removeServer(ChangeServerRequest request, StreamObserver<Answer> caller) {
      change(request, caller);
    }

    private void change(Message request, StreamObserver<Answer> caller) {
      asked.add(request);
      waiting.add(caller);
      goOn();
    }
  }

  private static void answer(StreamObserver<Answer> caller, Answer answer) {
    if (answer.getKindCase() == Answer.KindCase.KIND_NOT_SET) {
      caller.onError(Status.UNAVAILABLE.withDescription("gone").asRuntimeException());
    } else {
      caller.onNext(answer);
      caller.onCompleted();
    }
  }

  private synchronized void goOn() {
    while (!waiting.isEmpty() && !script.isEmpty()) {
      answer(waiting.remove(), script.remove());
    }
  }

  /** Answers the next change. */
  ScriptedCluster thenSays(Answer.Builder next) {
    script.add(next.build());
    goOn();
    return this;
  }

  /** The node is gone before it has answered the next change. */
  ScriptedCluster thenIsGone() {
    return thenSays(Answer.newBuilder());
  }

  ScriptedCluster thenNobodyLeads() {
    return thenSays(NOBODY_LEADS.toBuilder());
  }

  static Answer.Builder changed(long index, boolean logged, Changed.Standing standing) {
    return Answer.newBuilder()
        .setChanged(Changed.newBuilder().setIndex(index).setLogged(logged).setStanding(standing));
  }

  static Answer.Builder failed(String why) {
    return Answer.newBuilder().setFailed(Failed.newBuilder().setWhy(why));
  }

  /** Its leader was lost before it was known how the change ends. */
  static Answer.Builder leaderLost() {
    return Answer.newBuilder()
        .setFailed(
            Failed.newBuilder()
                .setWhy("leadership was lost")
                .setPassing(true)
                .setPerhapsMade(true));
  }

  /** Node 4 is a member that has so much of the log. */
  static Answer membersWith(boolean voter, long match, long lag) {
    Member.Builder four =
        Member.newBuilder().setId("node-4").setVoter(voter).setMatch(match).setLag(lag);
    MemberList.Builder list =
        MemberList.newBuilder().setLeader("node-1").setTerm(3).setConfigurationIndex(8);
    return Answer.newBuilder().setMembers(list.addMembers(four)).build();
  }

  @Override
  public void close() throws IOException {
    node.shutdownNow();
    launcher.close();
  }
}
