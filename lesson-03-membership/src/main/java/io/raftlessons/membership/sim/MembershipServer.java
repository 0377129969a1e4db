package io.raftlessons.membership.sim;

import io.raftlessons.membership.ChangeResult;
import io.raftlessons.membership.ConfigurationStatus;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.membership.ReadLevel;
import io.raftlessons.replication.Applied;
import io.raftlessons.wire.Configuration;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How clients and operators reach a server of this lesson.
 *
 * @param level how they read there
 */
public record MembershipServer(MembershipNode node, ReadLevel level) implements SimMember {
  @Override
  public String id() {
    return node.id();
  }

  @Override
  public CompletableFuture<Applied> apply(byte[] command) {
    return node.apply(command);
  }

  @Override
  public CompletableFuture<Long> readIndex() {
    return node.readIndex(level);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> read(Supplier<T> query) {
    return node.read(level, query);
  }

  @Override
  public CompletableFuture<@Nullable Void> bootstrapCluster(Configuration first) {
    return node.bootstrapCluster(first);
  }

  @Override
  public ConfigurationStatus getConfiguration() {
    return node.getConfiguration();
  }

  @Override
  public CompletableFuture<ChangeResult> addVoter(
      String id, String address, long prevIndex, Duration timeout) {
    return node.addVoter(id, address, prevIndex, timeout);
  }

  @Override
  public CompletableFuture<ChangeResult> addNonvoter(
      String id, String address, long prevIndex, Duration timeout) {
    return node.addNonvoter(id, address, prevIndex, timeout);
  }

  @Override
  public CompletableFuture<ChangeResult> demoteVoter(String id, long prevIndex, Duration timeout) {
    return node.demoteVoter(id, prevIndex, timeout);
  }

  @Override
  public CompletableFuture<ChangeResult> removeServer(String id, long prevIndex, Duration timeout) {
    return node.removeServer(id, prevIndex, timeout);
  }

  @Override
  public CompletableFuture<@Nullable Void> leadershipTransfer() {
    return node.leadershipTransfer();
  }

  @Override
  public CompletableFuture<@Nullable Void> leadershipTransferToServer(String id) {
    return node.leadershipTransferToServer(id);
  }
}
