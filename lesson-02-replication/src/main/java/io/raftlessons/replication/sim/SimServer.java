package io.raftlessons.replication.sim;

import io.raftlessons.replication.Applied;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A simulated server as its clients find it: these calls are the facade's, of any lesson. */
public interface SimServer {
  /** Proposes a command. */
  CompletableFuture<Applied> apply(byte[] command);

  /** A linearizable read of the log's committed end. */
  CompletableFuture<Long> readIndex();

  /** A linearizable read of the machine. */
  <T extends @Nullable Object> CompletableFuture<T> read(Supplier<T> query);
}
