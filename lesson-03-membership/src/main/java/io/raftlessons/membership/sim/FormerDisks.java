package io.raftlessons.membership.sim;

import io.raftlessons.wire.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which configurations are older than the disk of a server that they name. They mean a disk that it
 * has no more; a later one may, too, and is not looked for.
 */
final class FormerDisks {
  private record Appended(long index, Configuration configuration) {}

  /** In this order. */
  private final List<Appended> appended = new ArrayList<>();

  /** By server, how many configurations there had been when its disk was emptied last. */
  private final Map<String, Integer> emptiedAt = new TreeMap<>();

  /** A leader has put this configuration into its log. */
  void appended(long index, Configuration configuration) {
    appended.add(new Appended(index, configuration));
  }

  void emptied(String server) {
    emptiedAt.put(server, appended.size());
  }

  /** Whether this configuration is older than the server's disk. */
  boolean isMeant(String server, long index, Configuration configuration) {
    Integer before = emptiedAt.get(server);
    return before != null && appended.lastIndexOf(new Appended(index, configuration)) < before;
  }
}
