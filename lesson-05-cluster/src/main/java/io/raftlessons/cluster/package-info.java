/** Lesson 5: three servers, their ingress, and the commands that run them. */
@NullMarked
package io.raftlessons.cluster;

import org.jspecify.annotations.NullMarked;
