/**
 * The four scenarios of everybody who embeds {@code Raft}: a group is created, grows, shrinks, and
 * is inspected. Each has a {@code main} that takes a directory, and is run by a test.
 */
@org.jspecify.annotations.NullMarked
package io.raftlessons.snapshots.examples;
