/** Checks of the seams in docs/seams. */
@NullMarked
package io.raftlessons.seams;

import org.jspecify.annotations.NullMarked;
