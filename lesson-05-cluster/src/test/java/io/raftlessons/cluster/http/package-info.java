/** What the HTTP servers of a node have in common, tested. */
@NullMarked
package io.raftlessons.cluster.http;

import org.jspecify.annotations.NullMarked;
