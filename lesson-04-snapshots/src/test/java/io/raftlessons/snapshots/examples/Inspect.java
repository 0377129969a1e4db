package io.raftlessons.snapshots.examples;

import io.raftlessons.membership.MemberStatus;
import io.raftlessons.membership.Observation;
import io.raftlessons.membership.Observer;
import io.raftlessons.snapshots.Raft;
import io.raftlessons.wire.SnapshotMeta;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** What a group says of itself: who leads, who follows how far, what changes, what is stored. */
final class Inspect {
  private Inspect() {}

  public static void main(String[] arguments) throws IOException {
    run(Group.directory(arguments), System.out::println);
  }

  static void run(Path directory, Consumer<String> say) throws IOException {
    try (Group group = new Group(directory)) {
      group.start("s1", "s2", "s3");
      Observer observer = new Observer(100, Observation.LeaderObservation.class::isInstance);
      group.server("s1").raft().registerObserver(observer);
      group.bootstrap("s1", "s2", "s3");
      Raft leader = group.leader();
      Group.get(leader.apply(Words.bytes("a word")));
      Group.get(leader.verifyLeader());
      say.accept("leads: " + leader.stats().get("state"));
      say.accept("peers: " + leader.stats().get("num_peers"));
      say.accept("last contact: " + leader.lastContact().orElseThrow());
      for (MemberStatus member : Group.get(leader.members())) {
        say.accept("member " + member.server().getId() + ": " + member.server().getSuffrage());
      }
      SnapshotMeta snapshot = Group.get(leader.snapshot());
      say.accept("snapshot of " + snapshot.getSize() + " bytes");
      while (observer.observed() == 0) {
        Thread.onSpinWait();
      }
      say.accept("observed: " + observer.poll());
    }
  }
}
