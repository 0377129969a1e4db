package io.raftlessons.sim;

/** What a name in a simulated directory stands for. It does not know the name. */
sealed interface SimNode permits SimFile, SimDirectory {
  /** Another one with what is surely on the disk. */
  SimNode copy();
}
