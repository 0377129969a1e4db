package io.raftlessons.snapshots.sim;

import io.raftlessons.membership.ChangeResult;
import io.raftlessons.membership.ConfigurationStatus;
import io.raftlessons.membership.ReadLevel;
import io.raftlessons.membership.sim.SimMember;
import io.raftlessons.replication.Applied;
import io.raftlessons.snapshots.Raft;
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
public record RaftServer(Raft raft, ReadLevel level) implements SimMember {
  @Override
  public String id() {
    return raft.id();
  }

  @Override
  public CompletableFuture<Applied> apply(byte[] command) {
    return raft.apply(command);
  }

  @Override
  public CompletableFuture<Long> readIndex() {
    return raft.readIndex(level);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> read(Supplier<T> query) {
    return raft.read(level, query);
  }

  @Override
  public CompletableFuture<@Nullable Void> bootstrapCluster(Configuration first) {
    return raft.bootstrapCluster(first);
  }

  @Override
  public ConfigurationStatus getConfiguration() {
    return raft.getConfiguration();
  }

  @Override
  public CompletableFuture<ChangeResult> addVoter(
      String id, String address, long prevIndex, Duration timeout) {
    return raft.addVoter(id, address, prevIndex, timeout);
  }

  @Override
  public CompletableFuture<ChangeResult> addNonvoter(
      String id, String address, long prevIndex, Duration timeout) {
    return raft.addNonvoter(id, address, prevIndex, timeout);
  }

  @Override
  public CompletableFuture<ChangeResult> demoteVoter(String id, long prevIndex, Duration timeout) {
    return raft.demoteVoter(id, prevIndex, timeout);
  }

  @Override
  public CompletableFuture<ChangeResult> removeServer(String id, long prevIndex, Duration timeout) {
    return raft.removeServer(id, prevIndex, timeout);
  }

  @Override
  public CompletableFuture<@Nullable Void> leadershipTransfer() {
    return raft.leadershipTransfer();
  }

  @Override
  public CompletableFuture<@Nullable Void> leadershipTransferToServer(String id) {
    return raft.leadershipTransferToServer(id);
  }
}
