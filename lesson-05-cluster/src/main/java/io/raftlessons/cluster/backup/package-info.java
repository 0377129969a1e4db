/** Backups of a cluster in a file, and clusters that begin with one. */
@NullMarked
package io.raftlessons.cluster.backup;

import org.jspecify.annotations.NullMarked;
