package io.raftlessons.snapshots.examples;

import io.raftlessons.membership.ChangeResult;
import io.raftlessons.snapshots.Raft;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A group of one becomes a group of three: each new server catches up before it gets its vote. */
final class Grow {
  private Grow() {}

  public static void main(String[] arguments) throws IOException {
    run(Group.directory(arguments), System.out::println);
  }

  static void run(Path directory, Consumer<String> say) throws IOException {
    try (Group group = new Group(directory)) {
      group.start("s1");
      group.bootstrap("s1");
      Raft leader = group.leader();
      Group.get(leader.apply(Words.bytes("alone")));
      for (String id : new String[] {"s2", "s3"}) {
        group.start(id);
        // The configuration that we have seen is the one to change, or somebody else was faster.
        long seen = leader.getConfiguration().latestIndex();
        ChangeResult result = Group.get(leader.addVoter(id, id, seen, Group.LONG));
        say.accept(id + " has a vote, " + result.configuration().getServersCount() + " members");
      }
      Group.get(leader.apply(Words.bytes("together")));
      Group.get(leader.leadershipTransferToServer("s3"));
      while (!group.leader().id().equals("s3")) {
        Thread.onSpinWait();
      }
      say.accept("led by " + group.leader().id());
    }
  }
}
