/** The course's machinery: known bugs, and the run that shows which tests see them. */
@NullMarked
package io.raftlessons.course;

import org.jspecify.annotations.NullMarked;
