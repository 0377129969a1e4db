/** Lesson 2 in a world of faults. */
@NullMarked
package io.raftlessons.replication.sim;

import org.jspecify.annotations.NullMarked;
