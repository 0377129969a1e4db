package io.raftlessons.runtime;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.wire.HardState;
import java.io.IOException;

/** The form that a hard state has in every store. */
final class HardStates {
  static final int MAGIC = 0x52414654;
  static final int VERSION = 1;

  private HardStates() {}

  static HardState parse(String name, byte[] payload) throws IOException {
    HardState state;
    try {
      state = HardState.parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      IOException damaged = CheckedFile.damaged(name, 0, "its content is not a hard state");
      damaged.initCause(e);
      throw damaged;
    }
    if (state.getCurrentTerm() < 0) {
      throw CheckedFile.damaged(name, 0, "term " + state.getCurrentTerm());
    }
    return state;
  }
}
