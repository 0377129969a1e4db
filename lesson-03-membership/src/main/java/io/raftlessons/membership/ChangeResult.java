package io.raftlessons.membership;

import io.raftlessons.wire.Configuration;

/**
 * A change of the configuration that is committed; or none, if nothing had to change in the newest
 * configuration of the server that was asked. That one believes that it leads. If it was deposed
 * and does not know, the group's may be another; {@link MembershipNode#verifyLeader} after it
 * tells.
 *
 * @param index of the configuration that has what was asked for: the next change's prevIndex
 * @param configuration that one
 * @param logged false if nothing had to change, and nothing was agreed on
 */
public record ChangeResult(long index, Configuration configuration, boolean logged) {}
