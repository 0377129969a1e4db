package io.raftlessons.membership.sim;

import io.raftlessons.membership.MembershipNode;
import io.raftlessons.membership.ReadLevel;
import io.raftlessons.replication.Applied;
import io.raftlessons.replication.sim.SimServer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How clients reach a server of this lesson.
 *
 * @param level how they read there
 */
public record MembershipServer(MembershipNode node, ReadLevel level) implements SimServer {
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
}
