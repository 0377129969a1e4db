package io.raftlessons.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Entry.Type;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogClockTest {
  private final AtomicLong wall = new AtomicLong(10);

  private LogClock clock() throws IOException {
    Entry last = Entry.newBuilder().setIndex(1).setTerm(1).setTime(20).build();
    return new LogClock(RaftLogTest.load(List.of(last), 1_000), wall::get);
  }

  @Test
  void itNeverGoesBack() throws IOException {
    LogClock clock = clock();
    assertThat(clock.next(Type.NOOP)).isEqualTo(20);
    wall.set(30);
    assertThat(clock.next(Type.COMMAND)).isEqualTo(30);
    wall.set(25);
    assertThat(clock.next(Type.COMMAND)).isEqualTo(30);
  }

  /** Else the snapshot of them would end at an earlier time than the log that it stands for. */
  @Test
  void thePartsOfARestoreHaveOneTime() throws IOException {
    LogClock clock = clock();
    wall.set(30);
    assertThat(clock.next(Type.RESTORE)).isEqualTo(30);
    wall.set(40);
    assertThat(clock.next(Type.RESTORE)).isEqualTo(30);
    assertThat(clock.next(Type.COMMAND)).isEqualTo(40);
    wall.set(50);
    assertThat(clock.next(Type.RESTORE)).isEqualTo(50);
  }
}
