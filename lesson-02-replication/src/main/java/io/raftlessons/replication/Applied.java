package io.raftlessons.replication;

/**
 * An entry was committed and applied.
 *
 * @param index its place in the log
 * @param result the machine's answer; empty for a barrier
 */
public record Applied(long index, byte[] result) {}
