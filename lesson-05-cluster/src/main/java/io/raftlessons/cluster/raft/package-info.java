/** The group behind the services: one Raft group, reached from every node. */
@NullMarked
package io.raftlessons.cluster.raft;

import org.jspecify.annotations.NullMarked;
