package io.raftlessons.script;

import io.raftlessons.wire.Envelope;

/** {@code a > b}, {@code a <> b}, or with {@code *} for anybody: which messages are meant. */
record Link(String from, String to, boolean bothWays) {
  private static final String ANYBODY = "*";

  /** From the first three arguments. */
  static Link of(Stage stage, Command command) {
    if (command.args().size() < 3) {
      throw command.error("say which messages: FROM > TO, or FROM <> TO");
    }
    String arrow = command.arg(1);
    if (!arrow.equals(">") && !arrow.equals("<>")) {
      throw command.error("neither > nor <>: " + arrow);
    }
    return new Link(end(stage, command, 0), end(stage, command, 2), arrow.equals("<>"));
  }

  private static String end(Stage stage, Command command, int i) {
    return command.arg(i).equals(ANYBODY) ? ANYBODY : stage.actor(command, i).id();
  }

  boolean carries(Envelope message) {
    return (is(from, message.getFrom()) && is(to, message.getTo()))
        || (bothWays && is(to, message.getFrom()) && is(from, message.getTo()));
  }

  private static boolean is(String pattern, String id) {
    return pattern.equals(ANYBODY) || pattern.equals(id);
  }
}
