package io.raftlessons.snapshots;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class InmemSnapshotStoreTest implements KeepingStoreContract {
  @Override
  public SnapshotStore create(LongSupplier millis) {
    return new InmemSnapshotStore(millis, 2);
  }

  @Test
  void oneIsKeptAtLeast() {
    assertThatIllegalArgumentException().isThrownBy(() -> new InmemSnapshotStore(() -> 5, 0));
  }
}
