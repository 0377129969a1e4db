/** Breaks rules on purpose. */
@NullMarked
package io.raftlessons.guards.broken.cluster.router;

import org.jspecify.annotations.NullMarked;
