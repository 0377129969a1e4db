/** What a server lives on: loops, network, disk. Each has a real and a simulated form. */
@NullMarked
package io.raftlessons.runtime;

import org.jspecify.annotations.NullMarked;
