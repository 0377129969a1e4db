package io.raftlessons.core;

import java.util.List;

/**
 * What one step asks for, in order.
 *
 * @param list the effects
 * @param wakeAt when the core wants {@code onTime} at the latest, in nanoseconds of the raft loop;
 *     an earlier call is harmless
 */
public record Effects(List<Effect> list, long wakeAt) {
  /** The effects of one kind, in order. */
  public <E extends Effect> List<E> of(Class<E> kind) {
    return list.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
