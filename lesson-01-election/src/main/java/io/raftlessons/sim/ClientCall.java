package io.raftlessons.sim;

/**
 * What a client of a world asked.
 *
 * @param text what it asked and what it was told, in words
 * @param known whether it knows what came of it
 * @param fromNanos virtual time at which it asked
 * @param toNanos when it was told; the present if it was not
 */
public record ClientCall(String client, String text, boolean known, long fromNanos, long toNanos) {}
