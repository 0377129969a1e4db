package io.raftlessons.membership;

import static io.raftlessons.membership.MembershipFixture.configuration;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.CoreFixture;
import io.raftlessons.core.HandRunHost;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.replication.Stored;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.sim.SimDisk;
import io.raftlessons.sim.SimDisk.Crash;
import io.raftlessons.sim.SimDisk.CrashMode;
import io.raftlessons.sim.SimDisk.CrashPoint;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The machine goes down at every call on the disk. */
class BootstrapCrashTest {
  private static final Configuration GROUP = Configurations.ofVoters(CoreFixture.servers(3));
  private static final Configuration ONE = Configurations.ofVoters(CoreFixture.servers(1));
  private static final SegmentedLogStore.Options SMALL =
      new SegmentedLogStore.Options("log", 1536, 1024, 4096);

  /** What is done to the stores. */
  private interface Work {
    void on(Machine machine) throws IOException;
  }

  /** A disk with a time that only the disk moves, and the stores on it. */
  private static final class Machine implements SimDisk.Clock {
    final SimDisk disk;
    private long now;

    Machine(long seed) {
      disk = new SimDisk(this, new Random(seed), new SimDisk.Faults());
    }

    @Override
    public long now() {
      return now;
    }

    @Override
    public void charge(long nanos) {
      now += nanos;
    }

    FileStableStore stable() throws IOException {
      return new FileStableStore(disk, "state");
    }

    SegmentedLogStore log() throws IOException {
      HandRunHost idle = new HandRunHost(new SplittableRandom(1));
      return SegmentedLogStore.open(disk, idle.io(), SMALL);
    }

    void bootstrap() throws IOException {
      Bootstrap.bootstrap(stable(), log(), GROUP);
    }

    void beginLife() throws IOException {
      Bootstrap.beginLife(stable(), log(), new SplittableRandom(7));
    }

    Stored load() throws IOException {
      return Stored.load(stable(), log(), 1 << 20, entry -> {});
    }

    /** Works until the call {@code calls} from now, then the machine goes down. */
    boolean crashes(Work work, int calls, CrashPoint point, CrashMode mode) throws IOException {
      disk.crashAt(disk.operations() + calls, point);
      try {
        work.on(this);
        return false;
      } catch (Crash crash) {
        disk.crash(now, mode);
        return true;
      }
    }
  }

  /** What must be so after a crash. */
  private interface Check {
    void after(Machine machine) throws IOException;
  }

  private static void everywhere(Work before, Work work, Check check) throws IOException {
    int crashes = 0;
    for (CrashPoint point : CrashPoint.values()) {
      for (CrashMode mode : CrashMode.values()) {
        for (int call = 1; ; call++) {
          Machine machine = new Machine(call);
          before.on(machine);
          if (!machine.crashes(work, call, point, mode)) {
            break;
          }
          crashes++;
          check.after(machine);
        }
      }
    }
    assertThat(crashes).isGreaterThan(50);
  }

  /** HashiCorp's writes the term first; a crash behind it leaves what cannot be bootstrapped. */
  @Test
  void aBootstrapIsWholeOrCanBeDoneAgain() throws IOException {
    everywhere(
        machine -> {},
        Machine::bootstrap,
        machine -> {
          if (!Bootstrap.hasExistingState(machine.stable(), machine.log())) {
            machine.bootstrap();
          }
          machine.beginLife();
          Stored stored = machine.load();
          assertThat(stored.log().lastIndex()).isEqualTo(1);
          assertThat(stored.log().get(1)).isEqualTo(configuration(1, 1, GROUP));
          assertThat(stored.hardState().getCurrentTerm()).isEqualTo(1);
        });
  }

  @Test
  void aLifeThatBeganCountsOrNotAndTheDiskKeepsItsNumber() throws IOException {
    everywhere(
        machine -> {
          machine.bootstrap();
          machine.beginLife();
        },
        Machine::beginLife,
        machine -> {
          HardState before = machine.stable().load();
          assertThat(Life.count(before.getLife())).isBetween(1L, 2L);
          assertThat(before.getCurrentTerm()).isEqualTo(1);
          machine.beginLife();
          HardState after = machine.stable().load();
          assertThat(after.getStorage()).isEqualTo(before.getStorage());
          assertThat(Life.count(after.getLife())).isEqualTo(Life.count(before.getLife()) + 1);
        });
  }

  @Test
  void aRecoveryCanBeDoneAgain() throws IOException {
    everywhere(
        machine -> {
          machine.bootstrap();
          machine.beginLife();
        },
        machine -> Bootstrap.recover(machine.stable(), machine.log(), ONE),
        machine -> {
          Stored halfway = machine.load();
          assertThat(halfway.log().lastIndex()).isBetween(1L, 2L);
          Bootstrap.recover(machine.stable(), machine.log(), ONE);
          Stored stored = machine.load();
          assertThat(Configurations.parse(stored.log().get(stored.log().lastIndex())))
              .isEqualTo(ONE);
          assertThat(stored.log().lastTerm()).isEqualTo(stored.hardState().getCurrentTerm());
        });
  }
}
