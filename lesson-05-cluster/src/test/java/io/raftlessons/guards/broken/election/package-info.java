/** Breaks rules on purpose. */
@NullMarked
package io.raftlessons.guards.broken.election;

import org.jspecify.annotations.NullMarked;
