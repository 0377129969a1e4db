package io.raftlessons.cluster.node;

import io.raftlessons.cluster.admin.NodeView;
import io.raftlessons.cluster.archive.Archive;
import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.Settings.Listener;
import io.raftlessons.core.Standing;
import io.raftlessons.membership.ConfigurationStatus;
import io.raftlessons.membership.Configurations;
import io.raftlessons.replication.Replica;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.SnapshotMeta;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Shows a Raft server to operators. */
final class RaftView implements NodeView {
  private final ClusterConfig config;
  private final ClusterIdentity cluster;
  private final String name;
  private final Raft raft;
  private final Optional<Archive> archive;

  RaftView(
      ClusterConfig config,
      ClusterIdentity cluster,
      String name,
      Raft raft,
      Optional<Archive> archive) {
    this.config = config;
    this.cluster = cluster;
    this.name = name;
    this.raft = raft;
    this.archive = archive;
  }

  @Override
  public String clusterName() {
    return cluster.name();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public State state() {
    Standing.Status now = raft.status();
    Optional<String> leader = Optional.of(now.leader()).filter(id -> !id.isEmpty());
    return new State(now.role().name().toLowerCase(Locale.ROOT), now.term(), leader);
  }

  @Override
  public Log log() {
    Replica.Indexes at = raft.indexes();
    return new Log(at.lastLogIndex(), at.commitIndex(), at.lastApplied());
  }

  @Override
  public Snapshots snapshots() {
    List<Sending> sending = new ArrayList<>();
    raft.snapshotsSending()
        .forEach(
            (to, s) ->
                sending.add(new Sending(to, s.meta().getIndex(), s.offset(), s.meta().getSize())));
    return new Snapshots(
        raft.latestSnapshot().map(SnapshotMeta::getIndex).orElse(0L),
        sending,
        archive.map(Archive::status));
  }

  @Override
  public Optional<String> notReady() {
    if (raft.failure().isPresent()) {
      return Optional.of("this node stopped: " + raft.failure().get().getMessage());
    }
    if (Configurations.find(raft.getConfiguration().latest(), name) == null) {
      return Optional.of("this node does not belong to the cluster; 'cluster add' adds it");
    }
    return state().leader().isPresent() ? Optional.empty() : Optional.of("no leader is known");
  }

  @Override
  public Configuration latestConfiguration() {
    ConfigurationStatus now = raft.getConfiguration();
    return new Configuration(now.latestIndex(), members(now.latest()));
  }

  @Override
  public Configuration committedConfiguration() {
    ConfigurationStatus now = raft.getConfiguration();
    return new Configuration(now.committedIndex(), members(now.committed()));
  }

  private List<Member> members(io.raftlessons.wire.Configuration configuration) {
    List<Member> members = new ArrayList<>();
    for (Server server : configuration.getServersList()) {
      int number = ClusterConfig.nodeNumber(server.getId());
      Map<Listener, Integer> ports = new EnumMap<>(Listener.class);
      for (Listener listener : Listener.values()) {
        ports.put(listener, config.port(number, listener));
      }
      String suffrage = server.getSuffrage().name().toLowerCase(Locale.ROOT);
      members.add(new Member(server.getId(), server.getAddress(), suffrage, ports));
    }
    return members;
  }
}
