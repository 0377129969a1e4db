package io.raftlessons.snapshots;

/**
 * A snapshot whose meta cannot be read.
 *
 * @param id its name in the store
 * @param reason what is wrong, and where
 */
public record DamagedSnapshot(String id, String reason) {}
