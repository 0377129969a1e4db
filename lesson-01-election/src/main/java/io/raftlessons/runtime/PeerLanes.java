package io.raftlessons.runtime;

import io.raftlessons.wire.Envelope;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a {@link GrpcTransport} has towards one peer: a {@link PeerLink} for each {@link Lane}. */
final class PeerLanes {
  private final PeerLink messages;
  private final PeerLink snapshots;

  /**
   * @param hello made anew for each stream
   * @param eager whether messages get their stream at once; snapshots get it with the first one
   */
  PeerLanes(
      GrpcOptions options,
      NettyThread thread,
      Function<Lane, Hello> hello,
      String id,
      Address address,
      boolean eager) {
    messages = new PeerLink(options, thread, () -> hello.apply(Lane.MESSAGES), id, address, eager);
    snapshots =
        new PeerLink(options, thread, () -> hello.apply(Lane.SNAPSHOTS), id, address, false);
  }

  private List<PeerLink> lanes() {
    return List.of(messages, snapshots);
  }

  String id() {
    return messages.id();
  }

  Address address() {
    return messages.address();
  }

  /** From any thread. */
  void send(Envelope envelope) {
    (Lane.of(envelope) == Lane.SNAPSHOTS ? snapshots : messages).send(envelope);
  }

  /** From any thread. */
  void start() {
    lanes().forEach(PeerLink::start);
  }

  /** From any thread. Idempotent. */
  void close() {
    lanes().forEach(PeerLink::close);
  }

  /** After {@link #close}: waits until the connections have gone. */
  void awaitClosed(long timeout, TimeUnit unit) throws InterruptedException {
    for (PeerLink lane : lanes()) {
      lane.awaitClosed(timeout, unit);
    }
  }

  long sent() {
    return lanes().stream().mapToLong(PeerLink::sent).sum();
  }

  long dropped() {
    return lanes().stream().mapToLong(PeerLink::dropped).sum();
  }

  /** Why the peer does not want our stream, if it said so last. */
  @Nullable String refusal() {
    return messages.refusal();
  }

  void stats(Map<String, Long> stats) {
    messages.stats("peer." + id() + ".", stats);
    snapshots.stats("peer." + id() + ".snapshots.", stats);
  }
}
