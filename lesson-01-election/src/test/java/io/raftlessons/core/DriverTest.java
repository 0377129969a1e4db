package io.raftlessons.core;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.heartbeat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** When the driver sends, writes, and wakes the core up. */
class DriverTest extends DriverFixture {
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
              "write term 2",
              "sync hard",
              "write a",
              "sync log",
              "send s2",
              "persisted term 2",
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
      assertThat(journal).containsExactly("write term 2", "sync hard", "observer told");
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
      assertThat(journal).containsExactly("write term 2", "sync hard", "persisted term 2");
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
    host.deliver(heartbeat("s2", 1));
    step(s -> s.sendNow("s3", body()));
    host.advance(100);
    host.settle();
    assertThat(journal)
        .as("only what was with the I/O loop")
        .containsExactly("write a", "sync log");
    assertThat(failures).isEmpty();
    assertThat(inputs).doesNotContain("synced");
  }

  /** A facade may find in the middle of a step that it cannot go on. */
  @Test
  void stopInAStepEndsIt() {
    driver.on(Unknown.class, effect -> driver.stop());
    step(
        s -> {
          s.sendNow("s2", body());
          s.emit(new Unknown());
          s.sendNow("s3", body());
          s.sendAfterSync("s4", body());
          s.emit(new LogWrite("a"));
          part.wakeAt = s.now() + MS;
        });
    host.settle();
    assertThat(journal).containsExactly("send s2");
    assertThat(host.raft().alarms()).isZero();

    step(s -> s.sendNow("s5", body()));
    assertThat(journal).containsExactly("send s2");
  }

  @Test
  void messagesAreHandledOnTheRaftLoop() {
    driver.step(s -> journal.add("call"));
    assertThat(journal).isEmpty();
    host.deliver(heartbeat("s2", 1));
    assertThat(journal).containsExactly("call");
    assertThat(core.leader()).isEqualTo("s2");
    assertThat(inputs).containsExactly("call", heartbeat("s2", 1));
  }
}
