package io.raftlessons.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.wire.HardState;
import org.junit.jupiter.api.Test;

class InmemStoreTest implements LogStoreContract {
  @Override
  public LogStore create() {
    return new InmemStore();
  }

  @Test
  void whatWasNeverSavedIsEmpty() {
    InmemStore store = new InmemStore();
    assertThat(store.load()).isEqualTo(HardState.getDefaultInstance());
    store.save(HardState.newBuilder().setCurrentTerm(3).build());
    assertThat(store.load().getCurrentTerm()).isEqualTo(3);
    assertThat(store.lastIndex()).isZero();
  }
}
