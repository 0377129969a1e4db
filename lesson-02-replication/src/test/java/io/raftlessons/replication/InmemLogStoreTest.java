package io.raftlessons.replication;

class InmemLogStoreTest implements LogStoreContract {
  @Override
  public LogStore create() {
    return new InmemLogStore();
  }
}
