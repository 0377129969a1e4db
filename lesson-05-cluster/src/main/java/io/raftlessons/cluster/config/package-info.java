/** What can be set, by whom, and what it means. */
@NullMarked
package io.raftlessons.cluster.config;

import org.jspecify.annotations.NullMarked;
