/** Three real processes under faults, and the check of what their clients saw. */
@NullMarked
package io.raftlessons.cluster.integration;

import org.jspecify.annotations.NullMarked;
