package io.raftlessons.replication.history;

import org.jspecify.annotations.Nullable;

/**
 * What one key does when its operations come one after the other. A function: the same arguments
 * give the same answer.
 *
 * @param <S> the state of a key: immutable, compared by {@code equals}
 */
public interface Model<S> {
  /** The state of a key that nobody has written. */
  S initial();

  /**
   * Takes one operation.
   *
   * @return the state after it; null if it could not have been answered as it was. An operation of
   *     unknown outcome is never null: it was not answered
   */
  @Nullable S step(S state, Operation operation);

  /** Whether an answered operation changes no state from which it can be answered as it was. */
  boolean changesNothing(Operation answered);

  /** Whether the operation, whatever came of it, lets the key as it is or makes it larger. */
  default boolean onlyGrows(Operation operation) {
    return false;
  }

  /**
   * Whether an answered operation may come at some time after this state. A hint that spares the
   * search what leads nowhere; asked only where all operations of the key {@link #onlyGrows}.
   *
   * @return false only if it surely cannot
   */
  default boolean mayPrecede(S state, Operation answered) {
    return true;
  }
}
