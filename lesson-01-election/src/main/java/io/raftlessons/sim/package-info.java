/** The world on one seed: servers, network, disks, clocks and everything that can go wrong. */
@NullMarked
package io.raftlessons.sim;

import org.jspecify.annotations.NullMarked;
