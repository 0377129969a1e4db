package io.raftlessons.snapshots.examples;

import io.raftlessons.membership.ReadLevel;
import io.raftlessons.replication.Applied;
import io.raftlessons.snapshots.Raft;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** Three servers become a group, and keep what they are given. */
final class Create {
  private Create() {}

  public static void main(String[] arguments) throws IOException {
    run(Group.directory(arguments), System.out::println);
  }

  static void run(Path directory, Consumer<String> say) throws IOException {
    try (Group group = new Group(directory)) {
      group.start("s1", "s2", "s3");
      group.bootstrap("s1", "s2", "s3");
      Raft leader = group.leader();
      Applied applied = Group.get(leader.apply(Words.bytes("hello"), Duration.ofSeconds(1)));
      say.accept("applied: " + Words.text(applied.result()));
      Words words = group.server(leader.id()).words();
      say.accept("read: " + Group.get(leader.read(ReadLevel.LINEARIZABLE, words::list)));
    }
  }
}
