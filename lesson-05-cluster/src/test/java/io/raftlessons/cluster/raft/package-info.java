/** The one way from the services to Raft, tested. */
@NullMarked
package io.raftlessons.cluster.raft;

import org.jspecify.annotations.NullMarked;
