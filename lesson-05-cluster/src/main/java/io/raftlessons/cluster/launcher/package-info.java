/** The commands that run three nodes on one machine. */
@NullMarked
package io.raftlessons.cluster.launcher;

import org.jspecify.annotations.NullMarked;
