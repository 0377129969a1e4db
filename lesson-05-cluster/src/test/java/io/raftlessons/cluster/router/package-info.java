/** The router against groups that lose, delay and repeat. */
@NullMarked
package io.raftlessons.cluster.router;

import org.jspecify.annotations.NullMarked;
