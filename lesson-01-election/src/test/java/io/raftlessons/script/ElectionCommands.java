package io.raftlessons.script;

import io.raftlessons.core.Role;
import java.util.ArrayList;
import java.util.List;

/** Lesson 1's commands. */
public final class ElectionCommands {
  private ElectionCommands() {}

  public static Commands all() {
    return new Commands()
        .add(
            "cluster SERVER...",
            "these servers start with empty disks; they are the voters",
            1,
            Commands.ANY,
            Stage::cluster)
        .add(
            "term SERVER TERM",
            "the server starts again, with this currentTerm and no vote on its disk",
            2,
            2,
            ElectionCommands::term)
        .add(
            "timeout SERVER",
            "time passes until the server's election timeout, and its timer goes off",
            1,
            1,
            ElectionCommands::timeout)
        .add(
            "heartbeat SERVER",
            "time passes until the leader's next heartbeat, and it is woken",
            1,
            1,
            ElectionCommands::heartbeat)
        .add(
            "heartbeats SERVER MILLISECONDS",
            "so much time passes with the leader's heartbeats sent and answered; not told",
            2,
            2,
            ElectionCommands::heartbeats)
        .add(
            "elect SERVER [VOTER...]",
            "the server times out and exchanges election messages with the voters (all, if none is named) until it leads; only the last step is told, and what else was sent for the election is lost",
            1,
            Commands.ANY,
            ElectionCommands::elect)
        .add(
            "wait MILLISECONDS",
            "so much time passes, and nobody is woken",
            1,
            1,
            (stage, c) -> stage.pass(c.number(0)))
        .add(
            "deliver all | FROM > TO [first|last] | A <> B",
            "messages in flight arrive: those of one link, the first or last of them, or all, and with `all` and `<>` the answers too, until none is left. `*` is any server",
            1,
            4,
            ElectionCommands::deliver)
        .add(
            "drop all | FROM > TO [first|last]",
            "messages in flight are lost",
            1,
            4,
            (s, c) -> s.drop(s.chosen(c)))
        .add(
            "duplicate FROM > TO [first|last]",
            "messages in flight are doubled; the copies come last",
            3,
            4,
            (s, c) -> s.duplicate(s.chosen(c)))
        .add(
            "cut FROM > TO | A <> B",
            "what is sent from now on is lost, in one direction or both",
            3,
            3,
            (stage, c) -> stage.cut(Link.of(stage, c)))
        .add("heal", "all cuts end", 0, 0, (stage, c) -> stage.heal())
        .add(
            "slow SERVER",
            "from now on the server's disk does its next write only when it is told to",
            1,
            1,
            (stage, c) -> stage.actor(c, 0).slowDisk(c, true))
        .add("sync SERVER", "a slow disk ends the write it is at", 1, 1, ElectionCommands::sync)
        .add(
            "crash SERVER",
            "the server is gone, and what is not on its disk",
            1,
            1,
            ElectionCommands::crash)
        .add("restart SERVER", "the server starts from its disk", 1, 1, ElectionCommands::restart)
        .add(
            "state [SERVER...]",
            "shows the state of these servers, or of all",
            0,
            Commands.ANY,
            ElectionCommands::state);
  }

  private static void term(Stage stage, Command command) {
    Actor actor = stage.actor(command, 0);
    actor.crash();
    actor.server().storeTerm(command.number(1));
    stage.start(actor);
  }

  private static void timeout(Stage stage, Command command) {
    Actor actor = stage.actor(command, 0);
    if (actor.role() == Role.LEADER) {
      throw command.error("a leader has no election timeout, it has a heartbeat");
    }
    stage.trace().event(actor.id() + ": election timeout");
    stage.wake(command, actor);
  }

  private static void heartbeat(Stage stage, Command command) {
    Actor actor = stage.actor(command, 0);
    if (actor.role() != Role.LEADER) {
      throw command.error(actor.id() + " does not lead");
    }
    stage.trace().event(actor.id() + ": heartbeat");
    stage.wake(command, actor);
  }

  private static void heartbeats(Stage stage, Command command) {
    stage.heartbeats(command, stage.actor(command, 0), command.number(1));
  }

  private static void elect(Stage stage, Command command) {
    List<String> voters = new ArrayList<>();
    for (int i = 1; i < command.args().size(); i++) {
      voters.add(stage.actor(command, i).id());
    }
    if (voters.isEmpty()) {
      stage.actors().forEach(actor -> voters.add(actor.id()));
    }
    stage.elect(command, stage.actor(command, 0), voters);
  }

  private static void deliver(Stage stage, Command command) {
    if (command.args().equals(List.of("all"))) {
      stage.deliverUntilQuiet(command, message -> true);
    } else if (command.args().size() == 3 && command.arg(1).equals("<>")) {
      stage.deliverUntilQuiet(command, Link.of(stage, command)::carries);
    } else {
      stage.deliver(stage.chosen(command));
    }
  }

  private static void sync(Stage stage, Command command) {
    Actor actor = stage.actor(command, 0);
    stage.trace().event(actor.id() + ": sync");
    if (!actor.host(command).sync()) {
      throw command.error("the disk of " + actor.id() + " has nothing to do");
    }
  }

  private static void crash(Stage stage, Command command) {
    Actor actor = stage.actor(command, 0);
    actor.host(command);
    actor.crash();
    stage.trace().event(actor.id() + ": crashes");
  }

  private static void restart(Stage stage, Command command) {
    Actor actor = stage.actor(command, 0);
    if (!actor.isDown()) {
      throw command.error(actor.id() + " runs");
    }
    stage.start(actor);
    stage.trace().event(actor.id() + ": restarts with " + actor.state());
  }

  private static void state(Stage stage, Command command) {
    List<Actor> shown = new ArrayList<>();
    for (int i = 0; i < command.args().size(); i++) {
      shown.add(stage.actor(command, i));
    }
    for (Actor actor : shown.isEmpty() ? stage.actors() : shown) {
      stage.trace().event(actor.id() + ": " + actor.state());
    }
  }
}
