/** Scenario scripts: lesson 3's own, and those of lessons 1 and 2 on this lesson's servers. */
@NullMarked
package io.raftlessons.membership.script;

import org.jspecify.annotations.NullMarked;
