package io.raftlessons.snapshots;

import io.raftlessons.membership.ConfigurationHistory;
import io.raftlessons.replication.LogStart;
import io.raftlessons.replication.LogStore;
import io.raftlessons.replication.StateMachine;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.runtime.UnknownFormatException;
import io.raftlessons.wire.HardState;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server starts from: the newest snapshot that is whole, and the log behind it.
 *
 * @param passedOver the ones that are damaged or cannot be read
 */
record Restart(Optional<SnapshotMeta> snapshot, List<PassedOver> passedOver) {
  private static final Logger LOG = LoggerFactory.getLogger(Restart.class);

  /**
   * A snapshot that is not used.
   *
   * @param index where it ends, as far as its name tells; else so late that it may be the newest
   * @param why what is wrong with it
   */
  record PassedOver(long index, String why) {}

  /**
   * Gives the machine the state of the newest snapshot that is not damaged. Blocking, before
   * anything runs.
   *
   * @throws IOException if the machine cannot read what was verified, or the store cannot be read
   */
  static Restart from(SnapshotStore store, StateMachine machine) throws IOException {
    return find(store, source -> machine.restore(source.stream()));
  }

  /** As {@link #from}, for who does not need the state. */
  static Restart newest(SnapshotStore store) throws IOException {
    return find(store, source -> {});
  }

  private interface Use {
    void of(SnapshotSource source) throws IOException;
  }

  private static Restart find(SnapshotStore store, Use use) throws IOException {
    List<PassedOver> passedOver = new ArrayList<>();
    store.damaged().forEach(d -> passOver(SnapshotMetas.endOf(d.id()), d.toString(), passedOver));
    for (SnapshotMeta meta : store.list()) {
      Optional<SnapshotSource> whole = open(store, meta, passedOver);
      if (whole.isPresent()) {
        try (SnapshotSource source = whole.get()) {
          use.of(source);
        }
        return new Restart(Optional.of(meta), passedOver);
      }
    }
    return new Restart(Optional.empty(), passedOver);
  }

  private static Optional<SnapshotSource> open(
      SnapshotStore store, SnapshotMeta meta, List<PassedOver> passedOver)
      throws UnknownFormatException {
    try {
      return Optional.of(store.open(meta.getId()));
    } catch (UnknownFormatException e) {
      throw e;
    } catch (IOException e) {
      passOver(meta.getIndex(), String.valueOf(e.getMessage()), passedOver);
      return Optional.empty();
    }
  }

  private static void passOver(long index, String why, List<PassedOver> passedOver) {
    LOG.error("{}. An older one is used if the log goes back as far", why);
    passedOver.add(new PassedOver(index, why));
  }

  LogStart start() {
    return snapshot
        .map(meta -> new LogStart(meta.getIndex(), meta.getTerm(), meta.getTime()))
        .orElse(LogStart.BEGINNING);
  }

  /** The configuration of the snapshot is what the history begins with. */
  void loadInto(ConfigurationHistory history) {
    snapshot.ifPresent(
        meta ->
            history.startAt(
                meta.getIndex(), meta.getConfigurationIndex(), meta.getConfiguration()));
  }

  /**
   * Gives up a log that the snapshot replaced, if a crash came between: one that ends before the
   * snapshot does, or has another entry at its end (Figure 13, receiver step 7).
   *
   * @throws IOException also if there is a gap between the snapshot and the log
   */
  void align(LogStore log) throws IOException {
    if (replaces(log)) {
      log.deletePrefix(log.lastIndex());
      log.sync();
    }
  }

  /**
   * Whether the snapshot takes the place of the whole log.
   *
   * @throws IOException also if there is a gap between the snapshot and the log
   */
  boolean replaces(LogStore log) throws IOException {
    LogStart start = start();
    long first = log.firstIndex();
    if (first > start.index() + 1) {
      throw gap("the log starts at index " + first);
    }
    // Nobody knows how far it went: what a damaged snapshot covered was promised perhaps.
    if (log.lastIndex() == 0
        && passedOver.stream().anyMatch(other -> other.index() > start.index())) {
      throw gap("the log is empty");
    }
    if (start.index() == 0 || log.lastIndex() == 0) {
      return false;
    }
    if (log.lastIndex() < start.index()) {
      return true;
    }
    return first <= start.index() && log.read(start.index(), 1).get(0).getTerm() != start.term();
  }

  /**
   * Enters the snapshot's term, if that has not reached the disk: a snapshot is written while the
   * hard state is on its way. Nothing that was promised in that term has left, so there is no vote.
   */
  void enterTerm(StableStore stable) throws IOException {
    HardState stored = stable.load();
    if (start().term() > stored.getCurrentTerm()) {
      stable.save(stored.toBuilder().setCurrentTerm(start().term()).clearVotedFor().build());
    }
  }

  private IOException gap(String log) {
    StringBuilder text = new StringBuilder(log).append(", and ");
    text.append(
        start().index() == 0
            ? "there is no snapshot"
            : "the newest snapshot ends at " + start().index());
    passedOver.forEach(other -> text.append("; ").append(other.why()));
    text.append(". What is between is missing: remove this server from the group, empty its");
    return new IOException(text.append(" directory, and add it again").toString());
  }
}
