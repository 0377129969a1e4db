/** Lesson 1: how a group of servers chooses a leader (paper section 5.2, thesis chapter 9.6). */
@NullMarked
package io.raftlessons.election;

import org.jspecify.annotations.NullMarked;
