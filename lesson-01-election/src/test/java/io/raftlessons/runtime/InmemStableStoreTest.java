package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.wire.HardState;
import org.junit.jupiter.api.Test;

class InmemStableStoreTest {
  @Test
  void remembersTheLastSaveWhileItLives() {
    InmemStableStore store = new InmemStableStore();
    assertThat(store.load()).isEqualTo(HardState.getDefaultInstance());
    HardState state = HardState.newBuilder().setCurrentTerm(3).setVotedFor("b").build();
    store.save(state);
    store.close();
    assertThat(store.load()).isEqualTo(state);
    assertThat(new InmemStableStore().load()).isEqualTo(HardState.getDefaultInstance());
  }
}
