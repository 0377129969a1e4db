/** The operator's view of one node: health, cluster, metrics. */
@NullMarked
package io.raftlessons.cluster.admin;

import org.jspecify.annotations.NullMarked;
