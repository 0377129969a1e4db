/** Tests of one node in this process. */
@NullMarked
package io.raftlessons.cluster.node;

import org.jspecify.annotations.NullMarked;
