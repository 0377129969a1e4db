package io.raftlessons.core;

import static io.raftlessons.core.CoreFixture.hardState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.runtime.InmemStableStore;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class HardStateWriterTest {
  private final InmemStableStore stable = new InmemStableStore();
  private final HardStateWriter writer = new HardStateWriter(stable);

  @Test
  void whatIsWrittenIsStored() throws IOException {
    writer.write(new SaveHardState(hardState(5, "s2")));
    assertThat(stable.load()).isEqualTo(hardState(5, "s2"));
  }

  @Test
  void aRefusedDiskIsMarkedBeforeTheServerStops() {
    HardState marked = hardState(5, "s2").toBuilder().setRefused("why").build();
    assertThatThrownBy(() -> writer.write(new SaveHardState(marked)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("why");
    assertThat(stable.load()).isEqualTo(marked);
  }
}
