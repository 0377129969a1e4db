/** Lesson 2: the replicated log, its stores, and the machine it drives (paper section 5.3). */
@NullMarked
package io.raftlessons.replication;

import org.jspecify.annotations.NullMarked;
