/** Lesson 4: the log is compacted, and what it led to is kept instead (paper section 7). */
@NullMarked
package io.raftlessons.snapshots;

import org.jspecify.annotations.NullMarked;
