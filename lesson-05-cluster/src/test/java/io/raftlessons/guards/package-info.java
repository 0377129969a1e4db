/**
 * Checks that look at all lessons at once: who may use whom, and what must not be used at all. The
 * package {@code broken} holds classes that break each of these rules, so that a rule that no
 * longer sees anything is noticed.
 */
@NullMarked
package io.raftlessons.guards;

import org.jspecify.annotations.NullMarked;
