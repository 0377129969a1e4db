/**
 * Scenario scripts: a story in a few commands, and the trace it must leave. They are tests and
 * documentation at once.
 */
@NullMarked
package io.raftlessons.script;

import org.jspecify.annotations.NullMarked;
