/** What the HTTP servers of a node have in common. */
@NullMarked
package io.raftlessons.cluster.http;

import org.jspecify.annotations.NullMarked;
