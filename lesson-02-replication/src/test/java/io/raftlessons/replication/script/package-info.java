/** Lesson 2's scenario scripts: what lesson 1's scripts can say, and logs and clients. */
@NullMarked
package io.raftlessons.replication.script;

import org.jspecify.annotations.NullMarked;
