/** Carries each call of a service to the group exactly once, on one loop. */
@NullMarked
package io.raftlessons.cluster.router;

import org.jspecify.annotations.NullMarked;
