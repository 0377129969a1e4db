/** Breaks rules on purpose. */
@NullMarked
package io.raftlessons.guards.broken.sim;

import org.jspecify.annotations.NullMarked;
