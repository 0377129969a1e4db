/** Lesson 4 in a world of faults. */
@NullMarked
package io.raftlessons.snapshots.sim;

import org.jspecify.annotations.NullMarked;
