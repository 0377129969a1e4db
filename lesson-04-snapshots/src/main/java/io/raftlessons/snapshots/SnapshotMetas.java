package io.raftlessons.snapshots;

import io.raftlessons.wire.Server;
import io.raftlessons.wire.SnapshotMeta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What all stores hold of metas: which may be, what they are called, and which go. */
public final class SnapshotMetas {
  /** By index, then by id. */
  public static final Comparator<SnapshotMeta> NEWEST_FIRST =
      Comparator.comparingLong(SnapshotMeta::getIndex)
          .thenComparing(SnapshotMeta::getId)
          .reversed();

  /** Ends the names of what is no snapshot yet, or none any more. */
  static final String TEMPORARY = ".tmp";

  /** An id may come from another server and becomes a name on the disk. */
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,199}");

  private SnapshotMetas() {}

  /**
   * The meta that a snapshot is begun with, with an id: the one that it brings, or a new one, see
   * {@link SnapshotStore#create}.
   *
   * @param millis the wall clock
   * @param taken whether the store has something of this name
   * @throws IllegalArgumentException if there cannot be such a snapshot
   */
  public static SnapshotMeta begin(
      SnapshotMeta meta, LongSupplier millis, Predicate<String> taken) {
    demand(meta.getIndex() >= 1, "index", meta);
    demand(meta.getTerm() >= 1, "term", meta);
    demand(meta.getTime() >= 0, "time", meta);
    // Without it nobody could be elected where the log before the snapshot is gone (§7).
    demand(meta.getConfiguration().getServersCount() > 0, "configuration", meta);
    for (Server server : meta.getConfiguration().getServersList()) {
      demand(server.getSuffrage() != Server.Suffrage.UNRECOGNIZED, "suffrage", meta);
      demand(server.getJoined() >= 0, "index of a server", meta);
    }
    // A later one may yet be rolled back.
    demand(
        meta.getConfigurationIndex() >= 0 && meta.getConfigurationIndex() <= meta.getIndex(),
        "index of the configuration",
        meta);
    demand(meta.getSize() >= 0, "size", meta);
    demand(meta.getTime() >= 0, "time", meta);
    if (!meta.getId().isEmpty()) {
      demand(isId(meta.getId()), "id", meta);
      return meta;
    }
    long time = millis.getAsLong();
    String id = id(meta, time);
    while (taken.test(id)) {
      time++;
      id = id(meta, time);
    }
    return meta.toBuilder().setId(id).build();
  }

  private static String id(SnapshotMeta meta, long millis) {
    return meta.getTerm() + "-" + meta.getIndex() + "-" + millis;
  }

  /** The index in an {@link #id}; of another name, the last there can be. */
  static long endOf(String id) {
    String[] parts = id.split("-", -1);
    try {
      return Long.parseLong(parts[1]);
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  private static void demand(boolean holds, String what, SnapshotMeta meta) {
    if (!holds) {
      throw new IllegalArgumentException("a snapshot cannot have this " + what + ": " + meta);
    }
  }

  /** Whether this is a plain name, of 1 to 200 letters, digits and signs. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches() && !text.endsWith(TEMPORARY);
  }

  /**
   * Which of them need not be kept.
   *
   * @param retain how many of the newest stay
   * @param published stays too: its owner was just told that it is there
   */
  static List<SnapshotMeta> surplus(List<SnapshotMeta> newestFirst, int retain, String published) {
    List<SnapshotMeta> surplus =
        new ArrayList<>(
            newestFirst.subList(Math.min(retain, newestFirst.size()), newestFirst.size()));
    surplus.removeIf(meta -> meta.getId().equals(published));
    return surplus;
  }
}
