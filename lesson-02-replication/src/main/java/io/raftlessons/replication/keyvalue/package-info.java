/**
 * The key-value machine: what the log drives in the lessons and in the cluster, with client
 * sessions so that a command sent twice is carried out once (thesis section 6.3).
 */
@NullMarked
package io.raftlessons.replication.keyvalue;

import org.jspecify.annotations.NullMarked;
