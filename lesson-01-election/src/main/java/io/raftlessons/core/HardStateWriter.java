package io.raftlessons.core;

import io.raftlessons.core.Effect.SaveHardState;
import io.raftlessons.runtime.StableStore;
import java.io.IOException;

/**
 * Puts the hard state into the stable store, for a {@link Driver}. On the I/O loop. If it says that
 * the disk is refused, that is the last write: the server stops.
 */
public final class HardStateWriter implements Driver.Writer<SaveHardState> {
  private final StableStore stable;

  public HardStateWriter(StableStore stable) {
    this.stable = stable;
  }

  @Override
  public void write(SaveHardState write) throws IOException {
    stable.save(write.state());
    if (!write.state().getRefused().isEmpty()) {
      throw new IllegalStateException(write.state().getRefused());
    }
  }

  @Override
  public void sync() {} // save is durable when it returns
}
