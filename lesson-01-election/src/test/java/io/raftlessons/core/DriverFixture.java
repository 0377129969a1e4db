package io.raftlessons.core;

import static io.raftlessons.core.CoreFixture.hardState;
import static io.raftlessons.wire.Envelope.BodyCase.APPEND_ENTRIES;

import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Effect.Write;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;

/** A driver with a hard-state store and a log store, on loops that the test runs by hand. */
abstract class DriverFixture {
  record LogWrite(String entry) implements Write {}

  record Unknown() implements Effect {}

  record UnknownWrite() implements Write {}

  /** What the world outside saw, in order. */
  final List<String> journal = new ArrayList<>();

  final List<Throwable> failures = new ArrayList<>();
  final List<Object> inputs = new ArrayList<>();
  final HandRunHost host = new HandRunHost(new SplittableRandom(1));
  final ScriptedPart part = new ScriptedPart("part", new ArrayList<>(), APPEND_ENTRIES);
  final RaftConfig config = RaftConfig.defaults("s1");
  final RaftCore core = new RaftCore(config, hardState(1, ""), List.of(part), host.raft().now());
  String brokenCall = "";
  Driver driver;

  final StepObserver observer =
      new StepObserver() {
        @Override
        public void stepped(RaftCore stepped, Object input, Effects effects) {
          inputs.add(input);
        }

        @Override
        public void failed(Throwable cause) {
          journal.add("observer told");
        }
      };

  private final class JournalWriter<W extends Write> implements Driver.Writer<W> {
    final String store;

    JournalWriter(String store) {
      this.store = store;
    }

    @Override
    public void write(W write) throws IOException {
      call("write " + text(write));
    }

    @Override
    public void sync() throws IOException {
      call("sync " + store);
    }

    void call(String what) throws IOException {
      if (what.equals(brokenCall)) {
        throw new IOException(what);
      }
      journal.add(what);
    }
  }

  private static String text(Write write) {
    return write instanceof SaveHardState save
        ? "term " + save.state().getCurrentTerm()
        : ((LogWrite) write).entry();
  }

  @BeforeEach
  void start() {
    host.onSend = message -> journal.add("send " + message.getTo());
    driver = new Driver(host, core, config, observer, failures::add);
    driver.writes(
        SaveHardState.class,
        new JournalWriter<>("hard"),
        (step, write) -> journal.add("persisted " + text(write)));
    driver.writes(
        LogWrite.class,
        new JournalWriter<>("log"),
        (step, write) -> journal.add("persisted " + text(write)));
    driver.start();
    host.raft().run();
    inputs.clear();
  }

  void step(Consumer<Step> call) {
    driver.step(call);
    host.raft().run();
  }

  void write(String entry) {
    step(s -> s.emit(new LogWrite(entry)));
  }

  void acknowledge(String to) {
    step(s -> s.sendAfterSync(to, body()));
  }

  static Envelope.Builder body() {
    return Envelope.newBuilder()
        .setAppendEntriesReply(AppendEntriesReply.newBuilder().setSuccess(true));
  }

  /** The sync under way ends, and the raft loop hears of it. */
  void endSync() {
    host.io().run();
    host.raft().run();
  }

  void lead() {
    step(Step::becomeCandidate);
    endSync();
    step(Step::becomeLeader);
    journal.clear();
  }
}
