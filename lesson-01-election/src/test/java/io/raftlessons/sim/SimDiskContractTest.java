package io.raftlessons.sim;

import io.raftlessons.runtime.Disk;
import io.raftlessons.runtime.DiskContract;

class SimDiskContractTest extends DiskContract {
  @Override
  protected Disk newDisk() {
    return new TestDisk(1).disk;
  }
}
