@NullMarked
package io.raftlessons.cluster.s3;

import org.jspecify.annotations.NullMarked;
