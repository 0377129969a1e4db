package io.raftlessons.core;

/** What a server is at the moment (Figure 4). */
public enum Role {
  FOLLOWER,
  CANDIDATE,
  LEADER
}
