package io.raftlessons.runtime;

import io.grpc.Status;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Frame;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending half of one {@link Lane} of a {@link GrpcTransport} to one peer: a bounded queue, and
 * the one stream that empties it. Messages are lost while the peer cannot be reached, so that it
 * gets no old ones when it is back.
 *
 * <p>{@link #send} may be called from any thread: it appends to the queue and wakes the sending
 * thread, unless that is on its way already. All else runs on the sending thread.
 */
final class PeerLink {
  private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);

  /** A frame holds as many envelopes as fit into this, and one at least. */
  static final int FRAME_BYTES = 512 << 10;

  /** Tag and length of an envelope within a frame, at most. */
  static final int ENVELOPE_OVERHEAD = 6;

  /** Reasons beyond this number are not logged: a peer could invent new ones for ever. */
  private static final int MAX_REASONS = 16;

  private enum State {
    /** Not connected, and nobody asked for it. */
    IDLE,
    /** The peer has not accepted the stream yet; messages wait. */
    CONNECTING,
    OPEN,
    /** The last stream broke; messages are dropped until the backoff is over. */
    BACKOFF,
    CLOSED
  }

  private final GrpcOptions options;
  private final NettyThread thread;
  private final Supplier<Hello> hello;
  private final String id;
  private final Address address;
  private final boolean eager;

  private final Queue<Envelope> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queuedMessages = new AtomicInteger();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong connects = new AtomicLong();
  private volatile State state = State.IDLE;
  private volatile boolean wanted;
  private volatile @Nullable String refusal;
  private volatile @Nullable PeerConnection connection;

  private final Set<String> logged = new TreeSet<>();
  private int failures;
  private long openedAt;

  /**
   * @param hello made anew for each stream
   * @param eager connect at once and again after each failure; otherwise only when there is
   *     something to send
   */
  PeerLink(
      GrpcOptions options,
      NettyThread thread,
      Supplier<Hello> hello,
      String id,
      Address address,
      boolean eager) {
    this.options = options;
    this.thread = thread;
    this.hello = hello;
    this.id = id;
    this.address = address;
    this.eager = eager;
  }

  String id() {
    return id;
  }

  Address address() {
    return address;
  }

  /** From any thread. */
  void send(Envelope envelope) {
    State now = state;
    if (now == State.BACKOFF || now == State.CLOSED) {
      wanted = true;
      dropped.incrementAndGet();
      return;
    }
    int bytes = cost(envelope);
    // both counters go up before either is looked at: undo takes both back
    int messages = queuedMessages.incrementAndGet();
    if (queuedBytes.addAndGet(bytes) > options.queueBytes() || messages > options.queueMessages()) {
      undo(bytes);
      dropped.incrementAndGet();
      return;
    }
    queue.add(envelope);
    if (!woken.get() && woken.compareAndSet(false, true) && !thread.post(this::flush)) {
      dropAll();
    }
  }

  /** From any thread: connects, if the link is eager. */
  void start() {
    if (eager) {
      thread.post(this::connectIfIdle);
    }
  }

  /** From any thread. Idempotent. */
  void close() {
    thread.post(
        () -> {
          state = State.CLOSED;
          PeerConnection open = connection;
          if (open != null) {
            open.close("closed by the sender");
          }
          dropAll();
        });
  }

  /** After {@link #close}: waits until the connection has gone. */
  void awaitClosed(long timeout, TimeUnit unit) throws InterruptedException {
    PeerConnection last = connection;
    if (last != null && !last.awaitTermination(timeout, unit)) {
      LOG.debug("the connection to {} takes long to close", id);
    }
  }

  long dropped() {
    return dropped.get();
  }

  long sent() {
    return sent.get();
  }

  /** Why the peer does not want our stream, if it said so last. */
  @Nullable String refusal() {
    return refusal;
  }

  void stats(String prefix, Map<String, Long> stats) {
    stats.put(prefix + "connected", state == State.OPEN ? 1L : 0L);
    stats.put(prefix + "connects", connects.get());
    stats.put(prefix + "dropped", dropped.get());
    stats.put(prefix + "queued", (long) queuedMessages.get());
    stats.put(prefix + "sent", sent.get());
  }

  /** The peer took the stream. */
  void opened(PeerConnection by) {
    if (by == connection && state == State.CONNECTING) {
      openedAt = System.nanoTime();
      refusal = null;
      connects.incrementAndGet();
      state = State.OPEN;
      LOG.debug("{} is connected to {} at {}", options.localId(), id, address);
      flush();
    }
  }

  /** There is room in the stream, or something in the queue. */
  void flush() {
    woken.set(false);
    switch (state) {
      case IDLE -> connectIfIdle();
      case CONNECTING -> {}
      case OPEN -> sendFrames();
      case BACKOFF, CLOSED -> dropAll();
    }
  }

  /** The stream has ended, or the peer was silent for too long. */
  void ended(PeerConnection which, Status status) {
    boolean open = state == State.OPEN || state == State.CONNECTING;
    if (which != connection || !open) {
      return; // hanging up on a silent peer ends the stream once more
    }
    which.close("the stream has ended");
    boolean wasOpen = state == State.OPEN;
    // A peer that takes the stream and breaks it again and again must not be called every 50 ms.
    if (wasOpen && System.nanoTime() - openedAt > options.maxBackoff().toNanos()) {
      failures = 0;
      logged.clear();
    }
    report(status, wasOpen);
    wanted = false;
    state = State.BACKOFF;
    dropAll();
    thread.executor().schedule(this::retry, backoffNanos(), TimeUnit.NANOSECONDS);
    failures++;
  }

  private void connectIfIdle() {
    if (state == State.IDLE) {
      state = State.CONNECTING;
      PeerConnection next = new PeerConnection(this, options, thread);
      connection = next;
      try {
        next.open(address, hello.get());
      } catch (RuntimeException e) {
        ended(next, Status.fromThrowable(e));
      }
    }
  }

  private void retry() {
    if (state == State.BACKOFF) {
      state = State.IDLE;
      if (eager || wanted) {
        connectIfIdle();
      }
    }
  }

  private void sendFrames() {
    PeerConnection open = connection;
    while (open != null && open.isReady() && !queue.isEmpty()) {
      open.send(nextFrame());
    }
  }

  private Frame nextFrame() {
    Frame.Builder frame = Frame.newBuilder();
    int bytes = 0;
    for (Envelope next = queue.peek(); next != null; next = queue.peek()) {
      int cost = cost(next);
      if (bytes > 0 && bytes + cost > FRAME_BYTES) {
        break;
      }
      queue.remove();
      undo(cost);
      bytes += cost;
      frame.addEnvelopes(next);
    }
    sent.addAndGet(frame.getEnvelopesCount());
    return frame.build();
  }

  private void dropAll() {
    for (Envelope next = queue.poll(); next != null; next = queue.poll()) {
      undo(cost(next));
      dropped.incrementAndGet();
    }
  }

  private void report(Status status, boolean wasOpen) {
    String reason = status.getCode() + ": " + readable(status.getDescription());
    switch (status.getCode()) {
      case FAILED_PRECONDITION, INVALID_ARGUMENT, UNIMPLEMENTED, RESOURCE_EXHAUSTED, ABORTED -> {
        refusal = reason;
        if (logged.size() < MAX_REASONS && logged.add(reason)) {
          LOG.warn("server {} at {} refuses {}: {}", id, address, options.localId(), reason);
        }
      }
      default -> {
        if (wasOpen) {
          LOG.info("{} lost {} at {}: {}", options.localId(), id, address, reason);
        } else {
          LOG.debug("{} cannot reach {} at {}: {}", options.localId(), id, address, reason);
        }
      }
    }
  }

  /** A description may come from a stranger: bounded, and without what would break a log's line. */
  private static String readable(@Nullable String description) {
    if (description == null) {
      return "no reason given";
    }
    return description
        .substring(0, Math.min(description.length(), 300))
        .replaceAll("\\p{Cntrl}", " ");
  }

  private long backoffNanos() {
    long min = options.minBackoff().toNanos();
    long max = options.maxBackoff().toNanos();
    long step = failures >= 20 ? max : Math.min(max, min << failures);
    return step / 2 + ThreadLocalRandom.current().nextLong(step / 2 + 1);
  }

  private static int cost(Envelope envelope) {
    return envelope.getSerializedSize() + ENVELOPE_OVERHEAD;
  }

  private void undo(int bytes) {
    queuedMessages.decrementAndGet();
    queuedBytes.addAndGet(-bytes);
  }
}
