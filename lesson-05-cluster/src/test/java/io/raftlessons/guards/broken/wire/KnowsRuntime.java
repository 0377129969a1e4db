package io.raftlessons.guards.broken.wire;

import io.raftlessons.guards.broken.runtime.KnowsCore;

/** Breaks the layering on purpose. */
public final class KnowsRuntime {
  public static String why() {
    return KnowsCore.class.getSimpleName();
  }
}
