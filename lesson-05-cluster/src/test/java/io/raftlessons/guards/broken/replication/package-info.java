/** Breaks rules on purpose. */
@NullMarked
package io.raftlessons.guards.broken.replication;

import org.jspecify.annotations.NullMarked;
