/** Lesson 3 in a world of faults. */
@NullMarked
package io.raftlessons.membership.sim;

import org.jspecify.annotations.NullMarked;
