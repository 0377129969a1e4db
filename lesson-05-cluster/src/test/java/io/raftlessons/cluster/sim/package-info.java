/** The router, the way to the leader and the key-value machine in a world of faults. */
@NullMarked
package io.raftlessons.cluster.sim;

import org.jspecify.annotations.NullMarked;
