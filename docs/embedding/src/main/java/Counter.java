import io.raftlessons.core.*;
import io.raftlessons.membership.Configurations;
import io.raftlessons.replication.*;
import io.raftlessons.runtime.*;
import io.raftlessons.snapshots.*;
import java.io.*;
import java.nio.file.Path;
import java.util.*;
import java.util.concurrent.CountDownLatch;

/** A number on disk that survives restarts: a group of one server. Others join with addVoter. */
public final class Counter implements StateMachine {
  private long count;

  public static void main(String[] args) throws IOException, InterruptedException {
    var transport = new InmemTransport("s1"); // of several processes: GrpcTransport
    var disk = new RealDisk(Path.of(args.length > 0 ? args[0] : "target/data"));
    try (var host = new RealHost("s1", transport, disk);
        var log = SegmentedLogStore.open(disk, host.loop("prepare"), SegmentedLogStore.Options.defaults("log"));
        var stable = new FileStableStore(disk, "state")) {
      var snapshots = FileSnapshotStore.open(disk, host::wallClockMillis, FileSnapshotStore.Options.defaults("state"));
      if (!Raft.hasExistingState(stable, log, snapshots)) {
        Raft.bootstrapCluster(stable, log, snapshots, Configurations.ofVoters(List.of("s1")));
      }
      var setup = Raft.Setup.reference(RaftConfig.defaults("s1"), SnapshotConfig.defaults());
      var raft = Raft.create(setup, new Counter(), log, stable, snapshots, host);
      var leads = new CountDownLatch(1);
      raft.observe(now -> { if (now.role() == Role.LEADER) leads.countDown(); });
      if (raft.state() != Role.LEADER) leads.await();
      System.out.println("count: " + new String(raft.apply(new byte[0]).join().result()));
      raft.shutdown().join();
    }
  }

  @Override public List<byte[]> apply(List<Command> batch) {
    return batch.stream().map(command -> Long.toString(++count).getBytes()).toList();
  }

  @Override public Snapshot snapshot() {
    long now = count;
    return out -> new DataOutputStream(out).writeLong(now);
  }

  @Override public void restore(InputStream snapshot) throws IOException {
    count = new DataInputStream(snapshot).readLong();
  }
}
