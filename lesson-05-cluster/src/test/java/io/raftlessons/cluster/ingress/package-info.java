/** The ingress over real HTTP. */
@NullMarked
package io.raftlessons.cluster.ingress;

import org.jspecify.annotations.NullMarked;
