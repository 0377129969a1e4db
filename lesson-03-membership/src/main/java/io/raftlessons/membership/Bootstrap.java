package io.raftlessons.membership;

import io.raftlessons.replication.LogStart;
import io.raftlessons.replication.LogStore;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.HardState;
import java.io.IOException;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What is done to the stores of a server that does not run: the first configuration, a new one for
 * a group that has lost its quorum, and what every start does. Blocking.
 */
final class Bootstrap {
  /** The term of the first configuration: before that of any leader. */
  static final long TERM = 1;

  private static final long FIRST_INDEX = 1;

  /** A lost server that campaigned ten times a second would need more than a day for these. */
  private static final long TERMS_AHEAD = 1_000_000;

  private Bootstrap() {}

  /**
   * The first configuration. It is one record, the log's first entry, and carries its term: a crash
   * leaves it whole or not there at all. (HashiCorp's writes the term first, and a crash between
   * leaves a server that can never be bootstrapped.)
   */
  static void bootstrap(StableStore stable, LogStore log, Configuration configuration)
      throws IOException {
    requireValid(configuration);
    if (hasExistingState(stable, log)) {
      throw new IllegalStateException(
          "this server has a state already: bootstrap only servers that never ran, and all of a"
              + " group with the same configuration");
    }
    log.write(FIRST_INDEX, List.of(entry(FIRST_INDEX, TERM, configuration)));
    log.sync();
  }

  /** Whether the server has ever been part of a group. */
  static boolean hasExistingState(StableStore stable, LogStore log) throws IOException {
    HardState state = stable.load();
    return log.lastIndex() > 0 || state.getCurrentTerm() > TERM || !state.getVotedFor().isEmpty();
  }

  /**
   * Puts a configuration behind all that the log has, in a term so far ahead that no lost server
   * can be expected to have campaigned in it or later. What was not committed yet may be committed
   * by it, and what only the lost servers had is lost. So a disk that was refused may be used
   * again: nobody is left whom it could break a promise to.
   */
  static void recover(StableStore stable, LogStore log, Configuration configuration)
      throws IOException {
    recover(stable, log, LogStart.BEGINNING, configuration);
  }

  /**
   * As the other one.
   *
   * @param covered what the log stands on if it is empty
   */
  static void recover(
      StableStore stable, LogStore log, LogStart covered, Configuration configuration)
      throws IOException {
    requireValid(configuration);
    if (covered.index() == 0 && !hasExistingState(stable, log)) {
      throw new IllegalStateException(
          "this server has no state: there is nothing to recover. Bootstrap it instead");
    }
    HardState state = stable.load();
    boolean empty = log.lastIndex() == 0;
    long last = empty ? covered.index() : log.lastIndex();
    long lastTerm = empty ? covered.term() : log.read(last, 1).get(0).getTerm();
    long term = Math.max(state.getCurrentTerm(), lastTerm) + TERMS_AHEAD;
    stable.save(
        state.toBuilder()
            .setCurrentTerm(term)
            .clearVotedFor()
            .clearRefused()
            .clearJoined()
            .build());
    log.write(last + 1, List.of(entry(last + 1, term, configuration)));
    log.sync();
  }

  /**
   * Begins another life of the server on its disk. A disk that is used for the first time gets its
   * number; one that was bootstrapped gets the term of its first record.
   *
   * @return what is on the disk now
   * @throws IOException also if the disk was refused in an earlier life
   */
  static HardState beginLife(StableStore stable, LogStore log, RandomGenerator random)
      throws IOException {
    HardState state = stable.load();
    if (!state.getRefused().isEmpty()) {
      throw new IOException(state.getRefused());
    }
    HardState.Builder next = state.toBuilder().setLife(Life.next(state.getLife(), random));
    while (next.getStorage() == 0) {
      next.setStorage(random.nextLong());
    }
    if (state.getCurrentTerm() == 0 && log.lastIndex() == FIRST_INDEX) {
      Entry first = log.read(FIRST_INDEX, 1).get(0);
      if (first.getType() == Entry.Type.CONFIGURATION && first.getTerm() == TERM) {
        next.setCurrentTerm(TERM);
      }
    }
    HardState life = next.build();
    stable.save(life);
    return life;
  }

  private static void requireValid(Configuration configuration) {
    Configurations.problem(configuration)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
  }

  private static Entry entry(long index, long term, Configuration configuration) {
    return Entry.newBuilder()
        .setIndex(index)
        .setTerm(term)
        .setType(Entry.Type.CONFIGURATION)
        .setData(Configurations.fromTheStart(configuration).toByteString())
        .build();
  }
}
