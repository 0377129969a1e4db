package io.raftlessons.cluster.archive;

import java.util.Optional;

/**
 * How an archive is, as far as this node knows.
 *
 * @param place where it is, for people
 * @param newestIndex where its newest snapshot ends in the log; 0 if none is known
 * @param oldestIndex the same of its oldest: no node cuts its log behind it
 * @param copies how many snapshots this node has copied there since it started
 * @param failures how many times that or a look at it has failed since then
 * @param problem why the last attempt failed; empty if it did not
 */
public record ArchiveStatus(
    String place,
    long newestIndex,
    long oldestIndex,
    long copies,
    long failures,
    Optional<String> problem) {}
