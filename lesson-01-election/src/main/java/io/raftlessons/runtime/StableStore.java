package io.raftlessons.runtime;

import io.raftlessons.wire.HardState;
import java.io.IOException;

/**
 * Keeps a server's currentTerm and votedFor (Figure 2, persistent state). HashiCorp's StableStore
 * writes three keys one after the other; here it is one record, so a crash never leaves a term with
 * another term's vote.
 *
 * <p>Blocking; used by the I/O loop only.
 */
public interface StableStore extends AutoCloseable {
  /**
   * The newest saved state, or the default instance (term 0, no vote) if there is none.
   *
   * @throws IOException if the state cannot be read or is damaged; the message names the file and
   *     the damage
   */
  HardState load() throws IOException;

  /**
   * Replaces the state, durably: when this returns, a crash cannot take it back.
   *
   * @throws IOException if that cannot be promised; from then on every call fails
   */
  void save(HardState state) throws IOException;

  @Override
  void close() throws IOException;
}
