/**
 * The machinery that keeps texts true: what a page shows of the code is generated from the code,
 * and where a page points there is something. {@code docs/writing.md} is its manual.
 */
@NullMarked
package io.raftlessons.docs;

import org.jspecify.annotations.NullMarked;
