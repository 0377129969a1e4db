/** Breaks rules on purpose. */
@NullMarked
package io.raftlessons.guards.broken.wire;

import org.jspecify.annotations.NullMarked;
