/** Snapshots in S3, and an S3 server for one machine. */
@NullMarked
package io.raftlessons.cluster.s3;

import org.jspecify.annotations.NullMarked;
