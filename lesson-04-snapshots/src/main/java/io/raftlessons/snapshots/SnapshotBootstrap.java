package io.raftlessons.snapshots;

import io.raftlessons.membership.Configurations;
import io.raftlessons.membership.MembershipNode;
import io.raftlessons.replication.LogStore;
import io.raftlessons.runtime.StableStore;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.HardState;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;

/**
 * Begins a new group with the state of another one, from a snapshot of it: what {@link
 * MembershipNode#bootstrapCluster} is for a group that begins with nothing.
 *
 * <p>The new group goes on behind the snapshot's index, in later terms, and has nothing else in
 * common with the old one. Whatever the old one committed later is not in it. If the old one may
 * still run, give the new one another fingerprint ({@code RaftConfig.cluster}): a server that heard
 * both would believe both.
 */
public final class SnapshotBootstrap {
  private SnapshotBootstrap() {}

  /**
   * Gives a server that has never run its snapshot and its first configuration, before it starts.
   * Every voter must be given the same. Blocking. After a crash or an error in the middle the
   * server has to be made again, with empty stores.
   *
   * @param from its index, term, time and content are taken; its configuration is not
   * @throws IllegalArgumentException if the configuration is wrong; the message says what
   * @throws IllegalStateException if the server has a state already
   * @return what the server will start from
   */
  public static SnapshotMeta bootstrap(
      StableStore stable,
      LogStore log,
      SnapshotStore snapshots,
      Configuration first,
      SnapshotSource from)
      throws IOException {
    Configuration configuration = onNewDisks(first);
    Configurations.problem(configuration)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
    if (OfflineStores.hasExistingState(stable, log, snapshots)) {
      throw new IllegalStateException(
          "this server has a state already: begin a group only on servers that never ran");
    }
    SnapshotMeta meta = from.meta();
    // First the term: a snapshot of a later term than the server's would be from another time.
    stable.save(HardState.newBuilder().setCurrentTerm(meta.getTerm()).build());
    SnapshotMeta begun =
        SnapshotMeta.newBuilder()
            .setIndex(meta.getIndex())
            .setTerm(meta.getTerm())
            .setTime(meta.getTime())
            .setConfiguration(configuration)
            .setConfigurationIndex(meta.getIndex())
            .build();
    try (SnapshotSink sink = snapshots.create(begun)) {
      from.stream().transferTo(sink);
      return sink.publish();
    }
  }

  /** Whatever it was copied from. */
  private static Configuration onNewDisks(Configuration first) {
    Configuration.Builder configuration = first.toBuilder();
    configuration.getServersBuilderList().forEach(server -> server.clearStorage().clearJoined());
    return configuration.build();
  }
}
