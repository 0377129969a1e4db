/** How fast a cluster of three processes is, and how soon it recovers. Run by the profile bench. */
@NullMarked
package io.raftlessons.cluster.bench;

import org.jspecify.annotations.NullMarked;
