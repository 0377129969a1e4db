package io.raftlessons.core;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.heartbeat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the driver does when the disk or a part lets it down. */
class DriverFailureTest extends DriverFixture {
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
      host.deliver(heartbeat("s2", 1));
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
      host.deliver(heartbeat("s2", 1));
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
}
