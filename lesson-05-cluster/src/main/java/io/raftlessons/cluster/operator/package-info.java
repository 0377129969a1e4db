/** How operators change the membership of a cluster that runs. */
@NullMarked
package io.raftlessons.cluster.operator;

import org.jspecify.annotations.NullMarked;
