package io.raftlessons.core;

import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.runtime.StableStore;
import java.io.IOException;

/** Puts term and vote into the stable store, for a {@link Driver}. On the I/O loop. */
public final class HardStateWriter implements Driver.Writer<SaveHardState> {
  private final StableStore stable;

  public HardStateWriter(StableStore stable) {
    this.stable = stable;
  }

  @Override
  public void write(SaveHardState write) throws IOException {
    stable.save(write.state());
  }

  @Override
  public void sync() {} // save is durable when it returns
}
