package io.raftlessons.snapshots.examples;

import io.raftlessons.snapshots.Raft;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Members leave a group: first one that follows, then the one that leads. */
final class Shrink {
  private Shrink() {}

  public static void main(String[] arguments) throws IOException {
    run(Group.directory(arguments), System.out::println);
  }

  static void run(Path directory, Consumer<String> say) throws IOException {
    try (Group group = new Group(directory)) {
      group.start("s1", "s2", "s3");
      group.bootstrap("s1", "s2", "s3");
      Raft leader = group.leader();
      Group.get(leader.apply(Words.bytes("three of us")));
      String follower = leader.id().equals("s1") ? "s2" : "s1";
      Group.get(leader.removeServer(follower, 0, Group.LONG));
      group.stop(follower); // nobody does that for us
      say.accept("a follower left: " + members(leader) + " members");
      Group.get(leader.removeServer(leader.id(), 0, Group.LONG));
      group.stop(leader.id());
      Raft last = group.leader();
      say.accept("the leader left: " + members(last) + " member");
      say.accept("alone: " + Words.text(Group.get(last.apply(Words.bytes("alone"))).result()));
    }
  }

  private static int members(Raft raft) {
    return raft.getConfiguration().latest().getServersCount();
  }
}
