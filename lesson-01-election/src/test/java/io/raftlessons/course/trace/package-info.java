/** A run as a page and as a figure: who did what, because of which message, and what it changed. */
@NullMarked
package io.raftlessons.course.trace;

import org.jspecify.annotations.NullMarked;
