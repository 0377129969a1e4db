package io.raftlessons.membership;

import io.raftlessons.wire.Server;

/**
 * A member as its leader sees it.
 *
 * @param matchIndex what it is known to have of the log
 * @param lag how many entries of the leader's log it is not known to have
 * @param lastContactNanos how long ago it was last heard; 0 for the leader itself
 */
public record MemberStatus(Server server, long matchIndex, long lag, long lastContactNanos) {}
