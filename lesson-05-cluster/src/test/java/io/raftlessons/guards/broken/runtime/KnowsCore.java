package io.raftlessons.guards.broken.runtime;

import io.raftlessons.guards.broken.core.KnowsSim;

/** Breaks the layering on purpose. */
public final class KnowsCore {
  public static String why() {
    return KnowsSim.class.getSimpleName();
  }
}
