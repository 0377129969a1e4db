/** One process of the cluster. */
@NullMarked
package io.raftlessons.cluster.node;

import org.jspecify.annotations.NullMarked;
