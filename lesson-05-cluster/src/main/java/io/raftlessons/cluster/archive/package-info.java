/** A second place for the group's snapshots, outside of its nodes. */
@NullMarked
package io.raftlessons.cluster.archive;

import org.jspecify.annotations.NullMarked;
