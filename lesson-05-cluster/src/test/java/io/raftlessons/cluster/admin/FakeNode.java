package io.raftlessons.cluster.admin;

import io.raftlessons.cluster.archive.ArchiveStatus;
import io.raftlessons.cluster.config.Settings.Listener;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node of two whose state the test sets; it fails if the term is negative. */
final class FakeNode implements NodeView {
  ArchiveStatus archive = new ArchiveStatus("s3://b/p", 30, 20, 2, 1, Optional.empty());
  State state = new State("follower", 7, Optional.of("node-2"));

  @Override
  public String clusterName() {
    return "test";
  }

  @Override
  public String name() {
    return "node-1";
  }

  @Override
  public State state() {
    if (state.term() < 0) {
      throw new IllegalStateException("broken on purpose");
    }
    return state;
  }

  @Override
  public Log log() {
    return new Log(12, 11, 10);
  }

  @Override
  public Snapshots snapshots() {
    return new Snapshots(40, List.of(new Sending("node-3", 40, 1024, 4096)), Optional.of(archive));
  }

  @Override
  public Optional<String> notReady() {
    return state.leader().isPresent() ? Optional.empty() : Optional.of("no leader is known");
  }

  @Override
  public Configuration latestConfiguration() {
    return new Configuration(
        9,
        List.of(
            new Member("node-1", "127.0.0.1:1", "voter", Map.of(Listener.ADMIN, 1)),
            new Member("node-2", "10.0.0.2:2", "nonvoter", Map.of(Listener.ADMIN, 2))));
  }

  @Override
  public Configuration committedConfiguration() {
    return new Configuration(3, latestConfiguration().members().subList(0, 1));
  }
}
