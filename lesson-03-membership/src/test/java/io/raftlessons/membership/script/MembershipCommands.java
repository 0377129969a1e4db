package io.raftlessons.membership.script;

import io.raftlessons.replication.script.ReplicationCommands;
import io.raftlessons.script.Actor;
import io.raftlessons.script.Command;
import io.raftlessons.script.Commands;
import io.raftlessons.script.Stage;
import java.util.function.BiConsumer;

/** Lesson 3's commands. */
public final class MembershipCommands {
  private MembershipCommands() {}

  public static Commands all() {
    return ReplicationCommands.all()
        .add(
            "lead SERVER",
            "the server is elected by all, and all have its first entry and know that it is committed; not told",
            1,
            1,
            (stage, c) -> stage.lead(c, stage.actor(c, 0)))
        .add(
            "newcomer SERVER",
            "one more server starts with an empty disk; it belongs to no group",
            1,
            1,
            Stage::newcomer)
        .add(
            "add LEADER SERVER",
            "an operator asks the leader to make the server a voter",
            2,
            2,
            (stage, c) -> ask(stage, c, MembershipServer::addVoter))
        .add(
            "remove LEADER SERVER",
            "an operator asks the leader to remove the server",
            2,
            2,
            (stage, c) -> ask(stage, c, MembershipServer::remove))
        .add(
            "transfer LEADER SERVER",
            "an operator asks the leader to hand over to the server",
            2,
            2,
            (stage, c) -> ask(stage, c, MembershipServer::transfer));
  }

  private static void ask(Stage stage, Command command, BiConsumer<MembershipServer, String> wish) {
    Actor asked = stage.actor(command, 0);
    String about = stage.actor(command, 1).id();
    stage.trace().event(asked.id() + ": " + command.name() + " " + about);
    asked.call(command, () -> wish.accept((MembershipServer) asked.server(), about));
  }
}
