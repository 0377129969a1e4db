package io.raftlessons.membership;

import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.membership.MembershipEffect.ChangeDone;
import io.raftlessons.membership.MembershipEffect.ChangeFailed;
import io.raftlessons.membership.MembershipEffect.TransferDone;
import io.raftlessons.membership.MembershipEffect.TransferFailed;
import io.raftlessons.replication.RaftException;
import io.raftlessons.replication.Replica;
import io.raftlessons.replication.Replication;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The callers of membership: each is answered by an effect with its request id, or told that the
 * server has stopped. The maps are used on the raft loop; futures complete elsewhere.
 */
public final class MembershipCalls {
  /** Nobody waits longer, and no sum of nanoseconds overflows. */
  private static final Duration LONGEST = Duration.ofDays(10_000);

  private final Replica replica;
  private final Membership membership;
  private final Executor callbacks;
  private final Map<Long, CompletableFuture<ChangeResult>> changes = new TreeMap<>();
  private final Map<Long, CompletableFuture<@Nullable Void>> transfers = new TreeMap<>();
  private long lastId;

  public MembershipCalls(Replica replica, Membership membership, Executor callbacks) {
    this.replica = replica;
    this.membership = membership;
    this.callbacks = callbacks;
    replica.on(ChangeDone.class, this::done);
    replica.on(ChangeFailed.class, this::failed);
    replica.on(TransferDone.class, this::handedOver);
    replica.on(
        TransferFailed.class,
        failed -> fail(transfers.remove(failed.requestId()), MembershipException.of(failed)));
    replica.onStop(this::stopped);
  }

  /** From any thread. */
  public CompletableFuture<ChangeResult> change(Change change, long prevIndex, Duration timeout) {
    Objects.requireNonNull(timeout, "timeout"); // here, and not on the raft loop
    CompletableFuture<ChangeResult> future = new CompletableFuture<>();
    replica.call(
        step -> {
          long id = ++lastId;
          changes.put(id, future);
          membership.change(step, id, change, prevIndex, deadline(step, timeout));
        },
        future::completeExceptionally);
    return future;
  }

  /** From any thread. */
  public CompletableFuture<@Nullable Void> bootstrap(Configuration first) {
    return ask(
        step -> {
          Optional<String> refused = membership.bootstrap(step, first);
          if (refused.isPresent()) {
            throw MembershipException.invalid(refused.get());
          }
          return null;
        });
  }

  /** From any thread: the members as this leader sees them, in the order of the configuration. */
  public CompletableFuture<List<MemberStatus>> members(
      ConfigurationHistory history, Replication replication) {
    return ask(step -> members(step, history, replication));
  }

  private List<MemberStatus> members(
      Step step, ConfigurationHistory history, Replication replication) {
    if (step.role() != Role.LEADER) {
      throw new RaftException.NotLeader(step.leader());
    }
    long last = replica.indexes().lastLogIndex();
    List<MemberStatus> members = new ArrayList<>();
    for (Server server : history.latest().getServersList()) {
      String id = server.getId();
      if (id.equals(step.self())) {
        members.add(new MemberStatus(server, last, 0, 0));
      } else {
        long match =
            replication.followers().contains(id) ? replication.progress(id).matchIndex() : 0;
        members.add(
            new MemberStatus(
                server, match, Math.max(0, last - match), step.now() - step.heardAt(id)));
      }
    }
    return members;
  }

  private static long deadline(Step step, Duration timeout) {
    if (timeout.isZero() || timeout.compareTo(LONGEST) > 0) {
      return Long.MAX_VALUE;
    }
    return step.now() + (timeout.isNegative() ? 0 : timeout.toNanos());
  }

  /** From any thread. */
  public CompletableFuture<@Nullable Void> transfer(String target) {
    CompletableFuture<@Nullable Void> future = new CompletableFuture<>();
    replica.call(
        step -> {
          long id = ++lastId;
          transfers.put(id, future);
          membership.transfer(step, id, target);
        },
        future::completeExceptionally);
    return future;
  }

  /**
   * From any thread: what a step answers at once.
   *
   * @param question may throw a {@link RaftException}
   */
  public <T extends @Nullable Object> CompletableFuture<T> ask(Function<Step, T> question) {
    CompletableFuture<T> future = new CompletableFuture<>();
    replica.call(
        step -> {
          try {
            complete(future, question.apply(step));
          } catch (RaftException refused) {
            fail(future, refused);
          }
        },
        future::completeExceptionally);
    return future;
  }

  private void done(ChangeDone done) {
    complete(
        changes.remove(done.requestId()),
        new ChangeResult(done.index(), done.configuration(), done.logged()));
  }

  private void handedOver(TransferDone done) {
    CompletableFuture<@Nullable Void> future = transfers.remove(done.requestId());
    if (future != null) {
      callbacks.execute(() -> future.complete(null));
    }
  }

  private void failed(ChangeFailed failed) {
    fail(changes.remove(failed.requestId()), MembershipException.of(failed));
  }

  private void stopped(RaftException why) {
    new ArrayList<>(changes.values()).forEach(future -> fail(future, why));
    new ArrayList<>(transfers.values()).forEach(future -> fail(future, why));
    changes.clear();
    transfers.clear();
  }

  private <T extends @Nullable Object> void complete(
      @Nullable CompletableFuture<T> future, T result) {
    if (future != null) {
      callbacks.execute(() -> future.complete(result));
    }
  }

  private void fail(@Nullable CompletableFuture<?> future, RaftException why) {
    if (future != null) {
      callbacks.execute(() -> future.completeExceptionally(why));
    }
  }
}
