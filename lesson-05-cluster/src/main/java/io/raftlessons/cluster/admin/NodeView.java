package io.raftlessons.cluster.admin;

import io.raftlessons.cluster.archive.ArchiveStatus;
import io.raftlessons.cluster.config.Settings.Listener;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the admin server shows of its node. Thread-safe; nothing here blocks. */
public interface NodeView {
  /**
   * A member of the cluster.
   *
   * @param address where the other nodes look for it
   * @param suffrage in lower case: voter, nonvoter
   */
  record Member(String name, String address, String suffrage, Map<Listener, Integer> ports) {}

  /**
   * Who belongs to the cluster.
   *
   * @param index of the entry in the log that says so; 0 if this node knows of none
   */
  record Configuration(long index, List<Member> members) {}

  /**
   * The Raft state of this node.
   *
   * @param role in lower case: follower, candidate, leader
   * @param leader the leader's name, if known
   */
  record State(String role, long term, Optional<String> leader) {}

  /** How far the log of this node goes, is committed and is applied. */
  record Log(long lastIndex, long commitIndex, long lastApplied) {}

  /**
   * A snapshot on its way to another node.
   *
   * @param sent bytes that it has
   * @param total bytes of all of it
   */
  record Sending(String to, long index, long sent, long total) {}

  /**
   * The snapshots of this node.
   *
   * @param lastIndex where the newest one ends in the log; 0 if there is none
   * @param sending what a leader is sending
   * @param archive where they are copied to, if anywhere
   */
  record Snapshots(long lastIndex, List<Sending> sending, Optional<ArchiveStatus> archive) {}

  String clusterName();

  /** This node's name. */
  String name();

  State state();

  Log log();

  Snapshots snapshots();

  /** Why this node cannot serve; empty if it can. */
  Optional<String> notReady();

  /** The newest configuration in this node's log: the one that counts. */
  Configuration latestConfiguration();

  /** The newest configuration that this node knows to be committed. */
  Configuration committedConfiguration();
}
