package io.raftlessons.membership;

import io.raftlessons.wire.Configuration;

/**
 * A change of the configuration that is committed.
 *
 * @param index of the configuration that has what was asked for: the next change's prevIndex
 * @param configuration that one
 * @param logged false if nothing had to change
 */
public record ChangeResult(long index, Configuration configuration, boolean logged) {}
