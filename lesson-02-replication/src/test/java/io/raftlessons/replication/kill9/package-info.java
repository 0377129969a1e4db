/** What a store is worth whose process is killed while it writes. */
@NullMarked
package io.raftlessons.replication.kill9;

import org.jspecify.annotations.NullMarked;
