package io.raftlessons.core;

import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effect.SendAfterSync;
import io.raftlessons.core.Effect.SendNow;
import io.raftlessons.core.Effect.Write;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.runtime.Host;
import io.raftlessons.runtime.Transport;
import io.raftlessons.wire.Envelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what a core asks for: sends, writes, wakes it up again.
 *
 * <p>One sync is in flight at a time; what is asked for meanwhile goes to disk with the next one
 * (group commit). A {@link SendAfterSync} leaves with the newest batch that still has writes: the
 * collecting one, else the one in flight, else at once.
 *
 * <p>Everything but {@link #start}, {@link #step} and {@link #stop} runs on the raft loop, stores
 * on the I/O loop.
 */
public final class Driver {
  /** Writes to one store. Blocking; on the I/O loop. */
  public interface Writer<W extends Write> {
    void write(W write) throws IOException;

    /** Makes all writes before it durable. */
    void sync() throws IOException;
  }

  private record Store<W extends Write>(
      Class<W> kind, Writer<W> writer, BiConsumer<Step, W> persisted) {
    void writeAll(List<Write> writes) throws IOException {
      for (Write write : writes) {
        writer.write(kind.cast(write));
      }
      if (!writes.isEmpty()) {
        writer.sync();
      }
    }

    void persisted(Step step, List<Write> writes) {
      for (Write write : writes) {
        persisted.accept(step, kind.cast(write));
      }
    }
  }

  private static final class Batch {
    final List<List<Write>> writes = new ArrayList<>();
    final List<Envelope> thenSend = new ArrayList<>();
    boolean hasWrites;

    Batch(int stores) {
      for (int i = 0; i < stores; i++) {
        writes.add(new ArrayList<>());
      }
    }
  }

  /** Behind a disk that hangs, answers pile up; what is beyond this is lost, as messages may be. */
  private static final int MAX_WAITING_MESSAGES = 10_000;

  private final EventLoop raft;
  private final EventLoop io;
  private final Transport transport;
  private final RaftCore core;
  private final RaftConfig config;
  private final StepObserver observer;
  private final Consumer<Throwable> failed;
  private final List<Store<?>> stores = new ArrayList<>();
  private final Map<Class<? extends Effect>, Consumer<Effect>> handlers = new LinkedHashMap<>();

  private Batch collecting = new Batch(0);
  private @Nullable Batch inFlight;
  private long syncStartedAt;
  private long alarmAt = Long.MAX_VALUE;
  private EventLoop.@Nullable Timer alarm;
  private boolean stopped;

  /**
   * @param failed told once, on the raft loop, when a store fails or the core finds a
   *     contradiction; the driver has stopped by then
   */
  public Driver(
      Host host,
      RaftCore core,
      RaftConfig config,
      StepObserver observer,
      Consumer<Throwable> failed) {
    this.raft = host.loop("raft");
    this.io = host.loop("io");
    this.transport = host.transport();
    this.core = core;
    this.config = config;
    this.observer = observer;
    this.failed = failed;
    on(RoleChanged.class, changed -> {});
  }

  /** Who carries out this kind of effect, on the raft loop. Before {@link #start}. */
  public <E extends Effect> void on(Class<E> kind, Consumer<E> handler) {
    handlers.put(kind, effect -> handler.accept(kind.cast(effect)));
  }

  /**
   * Who writes this kind, and which part hears when it is durable. Stores are written in the order
   * of registration: hard state before the log. Before {@link #start}.
   */
  public <W extends Write> void writes(
      Class<W> kind, Writer<W> writer, BiConsumer<Step, W> persisted) {
    stores.add(new Store<>(kind, writer, persisted));
    collecting = new Batch(stores.size());
  }

  /** From any thread: begins to receive and to keep time. */
  public void start() {
    transport.handle(message -> raft.execute(() -> receive(message)));
    raft.execute(() -> input("start", core::onTime));
  }

  /** From any thread: a local call of a part's method. After a stop it is dropped. */
  public void step(Consumer<Step> call) {
    raft.execute(() -> stepNow(call));
  }

  /** As {@link #step}, on the raft loop itself and at once. */
  public void stepNow(Consumer<Step> call) {
    input("call", now -> core.step(now, call));
  }

  /** On the raft loop: nothing is sent or written from now on. Idempotent. */
  public void stop() {
    stopped = true;
    if (alarm != null) {
      alarm.cancel();
    }
  }

  private void receive(Envelope message) {
    input(message, now -> core.onMessage(now, message));
  }

  private interface Input {
    Effects at(long now);
  }

  private void input(Object what, Input input) {
    if (stopped) {
      return;
    }
    try {
      if (syncHangs()) {
        run("hung sync", now -> core.step(now, Step::becomeFollower));
      }
      run(what, input);
    } catch (RuntimeException | AssertionError e) {
      fail(e);
    }
  }

  /** A leader that cannot write must not keep others from leading (thesis 6.2 in spirit). */
  private boolean syncHangs() {
    return inFlight != null
        && core.role() == Role.LEADER
        && raft.now() - syncStartedAt >= config.electionTimeoutNanos();
  }

  private void run(Object what, Input input) {
    long now = raft.now();
    Effects effects = input.at(now);
    observer.stepped(core, what, effects);
    for (Effect effect : effects.list()) {
      if (effect instanceof Write write) {
        collect(write);
      }
    }
    for (Effect effect : effects.list()) {
      if (stopped) {
        return; // by a handler, or already by the call
      }
      if (effect instanceof SendNow send) {
        transport.send(send.envelope());
      } else if (effect instanceof SendAfterSync send) {
        sendAfterSync(send.envelope());
      } else if (!(effect instanceof Write)) {
        handle(effect);
      }
    }
    if (stopped) {
      return;
    }
    if (inFlight == null && collecting.hasWrites) {
      startSync(now);
    }
    setAlarm(now, effects.wakeAt());
  }

  private void collect(Write write) {
    for (int i = 0; i < stores.size(); i++) {
      if (stores.get(i).kind().isInstance(write)) {
        collecting.writes.get(i).add(write);
        collecting.hasWrites = true;
        return;
      }
    }
    throw new IllegalStateException("no store for " + write.getClass().getSimpleName());
  }

  private void sendAfterSync(Envelope envelope) {
    Batch covering = collecting.hasWrites ? collecting : inFlight;
    if (covering == null) {
      transport.send(envelope);
    } else if (covering.thenSend.size() < MAX_WAITING_MESSAGES) {
      covering.thenSend.add(envelope);
    }
  }

  private void handle(Effect effect) {
    Consumer<Effect> handler = handlers.get(effect.getClass());
    if (handler == null) {
      throw new IllegalStateException("no handler for " + effect.getClass().getSimpleName());
    }
    handler.accept(effect);
  }

  private void startSync(long now) {
    Batch batch = collecting;
    collecting = new Batch(stores.size());
    inFlight = batch;
    syncStartedAt = now;
    io.execute(() -> writeAndSync(batch));
  }

  private void writeAndSync(Batch batch) {
    try {
      for (int i = 0; i < stores.size(); i++) {
        stores.get(i).writeAll(batch.writes.get(i));
      }
    } catch (IOException | RuntimeException e) {
      raft.execute(() -> fail(e));
      return;
    } catch (Error e) {
      raft.execute(() -> fail(e)); // or the sync would count as under way for ever
      throw e;
    }
    raft.execute(() -> synced(batch));
  }

  private void synced(Batch batch) {
    if (stopped) {
      return;
    }
    inFlight = null;
    input(
        "synced",
        now -> {
          batch.thenSend.forEach(transport::send);
          return core.step(now, step -> persisted(step, batch));
        });
  }

  private void persisted(Step step, Batch batch) {
    for (int i = 0; i < stores.size(); i++) {
      stores.get(i).persisted(step, batch.writes.get(i));
    }
  }

  private void setAlarm(long now, long wakeAt) {
    if (wakeAt >= alarmAt) {
      return; // the alarm that is set comes early; that is harmless, a later one would starve
    }
    if (alarm != null) {
      alarm.cancel();
    }
    alarmAt = wakeAt;
    alarm = raft.schedule(wakeAt - now, this::alarm);
  }

  private void alarm() {
    alarmAt = Long.MAX_VALUE;
    alarm = null;
    input("time", core::onTime);
  }

  /** On the raft loop: stops the server, because it cannot be trusted any more. */
  public void fail(Throwable cause) {
    if (!stopped) {
      stop();
      observer.failed(cause);
      failed.accept(cause);
    }
  }
}
