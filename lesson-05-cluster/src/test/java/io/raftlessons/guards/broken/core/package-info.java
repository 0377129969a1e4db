/** Breaks rules on purpose. */
@NullMarked
package io.raftlessons.guards.broken.core;

import org.jspecify.annotations.NullMarked;
