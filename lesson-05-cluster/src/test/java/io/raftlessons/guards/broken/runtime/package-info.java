/** Breaks rules on purpose. */
@NullMarked
package io.raftlessons.guards.broken.runtime;

import org.jspecify.annotations.NullMarked;
