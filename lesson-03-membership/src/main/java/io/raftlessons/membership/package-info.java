/** Lesson 3: servers come and go while the group works (paper section 6, thesis chapter 4). */
@NullMarked
package io.raftlessons.membership;

import org.jspecify.annotations.NullMarked;
