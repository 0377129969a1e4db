/**
 * The world on one seed: servers, network, disks, clocks and everything that can go wrong. A run
 * that fails is made small ({@link io.raftlessons.sim.Plan}); what random runs may miss is tried in
 * full where it is small enough ({@link io.raftlessons.sim.Exploration}).
 */
@NullMarked
package io.raftlessons.sim;

import org.jspecify.annotations.NullMarked;
