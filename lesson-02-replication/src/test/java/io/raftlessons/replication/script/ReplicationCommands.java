package io.raftlessons.replication.script;

import io.raftlessons.script.Actor;
import io.raftlessons.script.Command;
import io.raftlessons.script.Commands;
import io.raftlessons.script.ElectionCommands;
import io.raftlessons.script.Stage;
import java.util.ArrayList;
import java.util.List;

/** Lesson 2's commands. */
public final class ReplicationCommands {
  private ReplicationCommands() {}

  public static Commands all() {
    return ElectionCommands.all()
        .add(
            "log SERVER TERM...",
            "the server starts again, with entries of these terms on its disk; their commands are x1, x2 and so on",
            2,
            Commands.ANY,
            ReplicationCommands::log)
        .add(
            "one-entry-messages SERVER",
            "the server starts again; its AppendEntries carry at most one entry",
            1,
            1,
            ReplicationCommands::oneEntryMessages)
        .add(
            "propose SERVER COMMAND",
            "a client gives the server a command",
            2,
            2,
            ReplicationCommands::propose)
        .add(
            "read SERVER READER",
            "somebody asks the server what has been applied, past the log",
            2,
            2,
            ReplicationCommands::read);
  }

  private static LogServer server(Actor actor) {
    return (LogServer) actor.server();
  }

  private static void log(Stage stage, Command command) {
    List<Long> terms = new ArrayList<>();
    for (int i = 1; i < command.args().size(); i++) {
      terms.add(command.number(i));
    }
    Actor actor = stage.actor(command, 0);
    server(actor).storeLog(terms);
    stage.start(actor);
  }

  private static void oneEntryMessages(Stage stage, Command command) {
    Actor actor = stage.actor(command, 0);
    server(actor).oneEntryMessages();
    stage.start(actor);
  }

  private static void propose(Stage stage, Command command) {
    Actor actor = stage.actor(command, 0);
    stage.trace().event(actor.id() + ": propose " + command.arg(1));
    actor.call(command, () -> server(actor).propose(command.arg(1)));
  }

  private static void read(Stage stage, Command command) {
    Actor actor = stage.actor(command, 0);
    stage.trace().event(actor.id() + ": read by " + command.arg(1));
    actor.call(command, () -> server(actor).read(command.arg(1)));
  }
}
