package io.raftlessons.cluster.admin;

import io.raftlessons.cluster.config.Settings.Listener;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the admin server shows of its node. Thread-safe; nothing here blocks. */
public interface NodeView {
  /**
   * A member of the cluster.
   *
   * @param ports by listener; one that is not open is missing
   */
  record Member(String name, String address, Map<Listener, Integer> ports) {}

  /**
   * The Raft state of this node.
   *
   * @param role in lower case: follower, candidate, leader
   * @param leader the leader's name, if known
   */
  record State(String role, long term, Optional<String> leader) {}

  /** How far the log of this node goes, is committed and is applied. */
  record Log(long lastIndex, long commitIndex, long lastApplied) {}

  String clusterName();

  /** This node's name. */
  String name();

  State state();

  Log log();

  /** Why this node cannot serve; empty if it can. */
  Optional<String> notReady();

  List<Member> members();
}
