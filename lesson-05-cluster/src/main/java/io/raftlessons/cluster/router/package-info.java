/**
 * Carries each call of a service to the group, on one loop: what changes something exactly once,
 * what only reads as often as it takes.
 */
@NullMarked
package io.raftlessons.cluster.router;

import org.jspecify.annotations.NullMarked;
