package io.raftlessons.cluster.ingress;

import io.raftlessons.cluster.Group;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A machine without a log. */
final class LocalGroup implements Group {
  private final KeyValueMachine machine = new KeyValueMachine();
  private final List<Runnable> held = new ArrayList<>();
  private long index;
  private boolean holding;

  @Override
  public CompletableFuture<byte[]> append(byte[] command, long timeoutNanos) {
    return carryOut(
        () ->
            machine
                .apply(
                    List.of(new StateMachine.Command(++index, System.currentTimeMillis(), command)))
                .get(0));
  }

  @Override
  public CompletableFuture<byte[]> read(byte[] query, long timeoutNanos) {
    return carryOut(() -> machine.query(query));
  }

  private synchronized CompletableFuture<byte[]> carryOut(Supplier<byte[]> what) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    Runnable carryOut = () -> answer.complete(what.get());
    if (holding) {
      held.add(carryOut);
    } else {
      carryOut.run();
    }
    return answer;
  }

  /** From now on nothing is answered. */
  synchronized void hold() {
    holding = true;
  }

  synchronized int held() {
    return held.size();
  }

  /** Carries out what was held, and all that comes. */
  synchronized void release() {
    holding = false;
    held.forEach(Runnable::run);
    held.clear();
  }
}
