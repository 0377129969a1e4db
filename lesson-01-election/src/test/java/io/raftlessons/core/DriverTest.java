package io.raftlessons.core;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.hardState;
import static io.raftlessons.core.CoreFixture.heartbeat;
import static io.raftlessons.wire.Envelope.BodyCase.APPEND_ENTRIES;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.core.Effect.Write;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The driver with a hard-state store and a log store, on loops that the test runs by hand. */
class DriverTest {
  private record LogWrite(String entry) implements Write {}

  private record Unknown() implements Effect {}

  private record UnknownWrite() implements Write {}

  /** What the world outside saw, in order. */
  private final List<String> journal = new ArrayList<>();

  private final List<Throwable> failures = new ArrayList<>();
  private final List<Object> inputs = new ArrayList<>();
  private final HandRunHost host = new HandRunHost(new SplittableRandom(1));
  private final ScriptedPart part = new ScriptedPart("part", new ArrayList<>(), APPEND_ENTRIES);
  private final RaftConfig config = RaftConfig.defaults("s1");
  private final RaftCore core =
      new RaftCore(config, hardState(0, ""), List.of(part), host.raft().now());
  private String brokenCall = "";
  private Driver driver;

  private final StepObserver observer =
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
    private final String store;

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

    private void call(String what) throws IOException {
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

  private void step(Consumer<Step> call) {
    driver.step(call);
    host.raft().run();
  }

  private void write(String entry) {
    step(s -> s.emit(new LogWrite(entry)));
  }

  private void acknowledge(String to) {
    step(s -> s.sendAfterSync(to, body()));
  }

  private static Envelope.Builder body() {
    return Envelope.newBuilder()
        .setAppendEntriesReply(AppendEntriesReply.newBuilder().setSuccess(true));
  }

  /** The sync under way ends, and the raft loop hears of it. */
  private void endSync() {
    host.io().run();
    host.raft().run();
  }

  private void lead() {
    step(Step::becomeCandidate);
    endSync();
    step(Step::becomeLeader);
    journal.clear();
  }

  @Nested
  class Sending {
    @Test
    void sendNowLeavesBeforeTheDisk() {
      step(
          s -> {
            s.emit(new LogWrite("a"));
            s.sendNow("s2", body());
            s.sendAfterSync("s3", body());
          });
      assertThat(journal).containsExactly("send s2");
      endSync();
      assertThat(journal)
          .containsExactly("send s2", "write a", "sync log", "send s3", "persisted a");
    }

    @Test
    void sendAfterSyncLeavesAtOnceWhenNothingIsToBeWritten() {
      acknowledge("s2");
      assertThat(journal).containsExactly("send s2");
      write("a");
      endSync();
      journal.clear();
      acknowledge("s3");
      assertThat(journal).containsExactly("send s3");
    }

    /** The write may be emitted after the promise that rests on it. */
    @Test
    void promiseOfAStepWaitsForTheWholeStep() {
      step(
          s -> {
            s.sendAfterSync("s2", body());
            s.emit(new LogWrite("a"));
          });
      assertThat(journal).isEmpty();
      endSync();
      assertThat(journal).containsExactly("write a", "sync log", "send s2", "persisted a");
    }

    /** R9, R08: a duplicate writes nothing, yet its acknowledgement rests on a write under way. */
    @Test
    void acknowledgementOfADuplicateWaitsForTheSyncInFlight() {
      step(
          s -> {
            s.emit(new LogWrite("a"));
            s.sendAfterSync("s2", body());
          });
      acknowledge("s2 again");
      assertThat(journal).isEmpty();
      endSync();
      assertThat(journal)
          .containsExactly("write a", "sync log", "send s2", "send s2 again", "persisted a");
    }

    /** R9: what is collected is newer than what is in flight. */
    @Test
    void acknowledgementWaitsForTheBatchThatCollects() {
      write("a");
      write("b");
      acknowledge("s2");
      endSync();
      assertThat(journal).containsExactly("write a", "sync log", "persisted a");
      endSync();
      assertThat(journal).endsWith("write b", "sync log", "send s2", "persisted b");
    }
  }

  @Nested
  class GroupCommit {
    @Test
    void oneSyncIsInFlightAndTheNextTakesAllThatCameMeanwhile() {
      write("a");
      write("b");
      write("c");
      endSync();
      assertThat(journal).containsExactly("write a", "sync log", "persisted a");
      write("d");
      journal.clear();
      endSync();
      assertThat(journal)
          .containsExactly("write b", "write c", "sync log", "persisted b", "persisted c");
      journal.clear();
      endSync();
      assertThat(journal).containsExactly("write d", "sync log", "persisted d");
      journal.clear();
      endSync();
      assertThat(journal).isEmpty();
    }

    @Test
    void nextBatchStartsWithoutAnotherInput() {
      write("a");
      write("b");
      host.settle();
      assertThat(journal).endsWith("write b", "sync log", "persisted b");
    }

    @Test
    void batchIsNotOnDiskBeforeTheRaftLoopHearsOfIt() {
      write("a");
      host.io().run();
      driver.stepNow(step -> step.sendAfterSync("s2", body()));
      assertThat(journal).containsExactly("write a", "sync log");
      host.raft().run();
      assertThat(journal).endsWith("send s2", "persisted a");
    }

    /** Whatever order the parts emitted in. */
    @Test
    void hardStateIsDurableBeforeTheLogIsWritten() {
      step(
          s -> {
            s.emit(new LogWrite("a"));
            s.becomeCandidate();
            s.sendAfterSync("s2", body());
          });
      endSync();
      assertThat(journal)
          .containsExactly(
              "write term 1",
              "sync hard",
              "write a",
              "sync log",
              "send s2",
              "persisted term 1",
              "persisted a");
    }

    /** A log whose last term is above currentTerm would stop the server at its next start. */
    @Test
    void crashBetweenTheStoresFindsTheHardState() {
      brokenCall = "write a";
      step(
          s -> {
            s.emit(new LogWrite("a"));
            s.becomeCandidate();
          });
      endSync();
      assertThat(journal).containsExactly("write term 1", "sync hard", "observer told");
    }

    @Test
    void storesOfABatchAreHeardInOneStep() {
      step(
          s -> {
            s.becomeCandidate();
            s.emit(new LogWrite("a"));
          });
      inputs.clear();
      endSync();
      assertThat(inputs).containsExactly("synced");
    }

    @Test
    void storeWithoutWritesIsNotSynced() {
      step(Step::becomeCandidate);
      endSync();
      assertThat(journal).containsExactly("write term 1", "sync hard", "persisted term 1");
    }
  }

  /** B24, R12. */
  @Nested
  class HungSync {
    @BeforeEach
    void beat() {
      part.onTime =
          step -> {
            part.wakeAt = step.now() + 10 * MS;
            if (step.role() == Role.LEADER) {
              step.sendNow("heartbeat", body());
            }
          };
      part.wakeAt = host.raft().now();
    }

    @Test
    void leaderStepsDownAfterTheMinimumElectionTimeoutAndFallsSilent() {
      lead();
      write("a");
      host.advance(149);
      assertThat(core.role()).isEqualTo(Role.LEADER);
      assertThat(journal).contains("send heartbeat");

      journal.clear();
      host.advance(20);
      assertThat(core.role()).isEqualTo(Role.FOLLOWER);
      assertThat(inputs).contains("hung sync");
      host.advance(1000);
      assertThat(journal).isEmpty();
      assertThat(failures).isEmpty();
    }

    @Test
    void leaderThatSyncsInTimeStays() {
      lead();
      for (int i = 0; i < 20; i++) {
        write("a");
        host.advance(140);
        endSync();
      }
      host.advance(1000);
      assertThat(core.role()).isEqualTo(Role.LEADER);
    }

    /** Each sync is timed from its own start. */
    @Test
    void backlogIsNotAHang() {
      lead();
      write("a");
      for (int i = 0; i < 20; i++) {
        host.advance(70);
        write("b");
        host.advance(70);
        endSync();
      }
      assertThat(core.role()).isEqualTo(Role.LEADER);
    }

    @Test
    void followerIsUnaffectedAndItsPromisesLeaveInTheEnd() {
      part.onMessage = (step, message) -> step.sendAfterSync("reply", body());
      write("a");
      host.advance(1000);
      host.deliver(heartbeat("s2", 0));
      assertThat(core.leader()).isEqualTo("s2");
      assertThat(inputs).doesNotContain("hung sync");
      assertThat(journal).isEmpty();
      endSync();
      assertThat(journal).containsExactly("write a", "sync log", "send reply", "persisted a");
    }
  }

  /** B26: after a failed sync nobody knows what the disk holds. */
  @Nested
  class FailedStore {
    @Test
    void failedSyncSendsAndWritesNothingMore() {
      part.onMessage = (step, message) -> step.sendNow("reply", body());
      brokenCall = "sync log";
      step(
          s -> {
            s.emit(new LogWrite("a"));
            s.sendAfterSync("s2", body());
          });
      write("b");
      endSync();
      assertThat(journal).containsExactly("write a", "observer told");
      assertThat(failures).singleElement().isInstanceOf(IOException.class);

      brokenCall = "";
      host.deliver(heartbeat("s2", 0));
      write("c");
      host.advance(1000);
      host.settle();
      assertThat(journal).containsExactly("write a", "observer told");
      assertThat(failures).hasSize(1);
    }

    @Test
    void failedWriteIsNotSynced() {
      brokenCall = "write b";
      step(
          s -> {
            s.emit(new LogWrite("a"));
            s.emit(new LogWrite("b"));
          });
      endSync();
      assertThat(journal).containsExactly("write a", "observer told");
      assertThat(failures).hasSize(1);
    }

    @Test
    void completionAfterTheFailureIsIgnored() {
      step(
          s -> {
            s.emit(new LogWrite("a"));
            s.sendAfterSync("s2", body());
          });
      step(s -> s.emit(new Unknown()));
      assertThat(failures).hasSize(1);
      endSync();
      assertThat(journal).containsExactly("observer told", "write a", "sync log");
    }

    @Test
    void aSecondFailureIsNotTold() {
      brokenCall = "sync log";
      write("a");
      step(s -> s.emit(new Unknown()));
      endSync();
      assertThat(failures).singleElement().isInstanceOf(IllegalStateException.class);
    }
  }

  @Nested
  class Contradictions {
    @Test
    void effectWithoutHandlerStops() {
      step(s -> s.emit(new Unknown()));
      assertThat(failures).singleElement().asString().contains("Unknown");
      assertThat(host.raft().alarms()).isZero();
    }

    @Test
    void writeWithoutStoreStopsBeforeAnythingLeaves() {
      step(
          s -> {
            s.sendNow("s2", body());
            s.emit(new UnknownWrite());
          });
      assertThat(failures).singleElement().asString().contains("UnknownWrite");
      assertThat(journal).containsExactly("observer told");
    }

    @Test
    void exceptionOfAPartStops() {
      step(
          s -> {
            throw new UncheckedIOException(new IOException("a part's"));
          });
      step(s -> s.sendNow("s2", body()));
      assertThat(failures).singleElement().isInstanceOf(UncheckedIOException.class);
      assertThat(journal).containsExactly("observer told");
    }

    @Test
    void failedAssertionStops() {
      step(
          s -> {
            throw new AssertionError("an invariant");
          });
      assertThat(failures).singleElement().isInstanceOf(AssertionError.class);
    }

    @Test
    void handledEffectGoesToItsHandlerInOrder() {
      driver.on(Unknown.class, effect -> journal.add("handled"));
      step(
          s -> {
            s.sendNow("s2", body());
            s.emit(new Unknown());
            s.sendNow("s3", body());
          });
      assertThat(journal).containsExactly("send s2", "handled", "send s3");
    }
  }

  /** R13. */
  @Nested
  class Alarms {
    private final List<Long> times = new ArrayList<>();
    private long started;

    @BeforeEach
    void noteTimes() {
      started = host.raft().now();
      part.onTime =
          step -> {
            times.add((step.now() - started) / MS);
            part.wakeAt = Long.MAX_VALUE;
          };
    }

    @Test
    void coreIsWokenAtItsTimeOnce() {
      step(s -> part.wakeAt = s.now() + 30 * MS);
      host.advance(100);
      assertThat(times).containsExactly(30L);
    }

    /** Under a stream of inputs that each ask for a later time, time must still come. */
    @Test
    void aLaterTimeDoesNotCancelTheAlarm() {
      for (int i = 0; i < 50; i++) {
        step(s -> part.wakeAt = s.now() + 30 * MS);
        host.advance(1);
      }
      assertThat(times).isNotEmpty();
      assertThat(times.get(0)).isEqualTo(30);
    }

    @Test
    void anEarlierTimeDoes() {
      step(s -> part.wakeAt = s.now() + 90 * MS);
      step(s -> part.wakeAt = s.now() + 20 * MS);
      assertThat(host.raft().alarms()).isEqualTo(1);
      host.advance(200);
      assertThat(times).containsExactly(20L);
    }

    /** An alarm that came early for what the core wants now is followed by the right one. */
    @Test
    void anEarlyAlarmIsFollowedByTheRightOne() {
      part.onTime =
          step -> {
            times.add((step.now() - started) / MS);
            if (times.size() == 2) {
              part.wakeAt = Long.MAX_VALUE;
            }
          };
      step(s -> part.wakeAt = s.now() + 20 * MS);
      step(s -> part.wakeAt = s.now() + 70 * MS);
      host.advance(200);
      assertThat(times).containsExactly(20L, 70L);
    }

    @Test
    void aTimeThatIsPastComesAtOnce() {
      step(s -> part.wakeAt = s.now() - 5);
      assertThat(times).containsExactly(0L);
    }
  }

  @Test
  void stopSilencesAll() {
    part.onMessage = (step, message) -> step.sendNow("reply", body());
    part.onTime = step -> step.sendNow("time", body());
    step(
        s -> {
          part.wakeAt = s.now() + 10 * MS;
          s.emit(new LogWrite("a"));
          s.sendAfterSync("s2", body());
        });
    write("b");

    driver.stop();
    driver.stop();

    assertThat(host.raft().alarms()).isZero();
    host.deliver(heartbeat("s2", 0));
    step(s -> s.sendNow("s3", body()));
    host.advance(100);
    host.settle();
    assertThat(journal)
        .as("only what was with the I/O loop")
        .containsExactly("write a", "sync log");
    assertThat(failures).isEmpty();
    assertThat(inputs).doesNotContain("synced");
  }

  @Test
  void messagesAreHandledOnTheRaftLoop() {
    driver.step(s -> journal.add("call"));
    assertThat(journal).isEmpty();
    host.deliver(heartbeat("s2", 0));
    assertThat(journal).containsExactly("call");
    assertThat(core.leader()).isEqualTo("s2");
    assertThat(inputs).containsExactly("call", heartbeat("s2", 0));
  }
}
