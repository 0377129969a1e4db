/** What clients saw, and whether one machine could have answered it: linearizability. */
@NullMarked
package io.raftlessons.replication.history;

import org.jspecify.annotations.NullMarked;
