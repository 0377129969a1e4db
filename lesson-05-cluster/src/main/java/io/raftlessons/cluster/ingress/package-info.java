/** What clients of a node see: services over HTTP. */
@NullMarked
package io.raftlessons.cluster.ingress;

import org.jspecify.annotations.NullMarked;
