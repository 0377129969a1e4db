package io.raftlessons.sim;

import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.PreVote;
import io.raftlessons.wire.RequestVote;
import java.util.List;
import java.util.function.Function;

/**
 * A run as text: one column for each server, time downward. {@code >n2} is a message leaving for
 * n2, {@code n1>} one that came from n1, {@code x} one that was lost, {@code *} a change of role.
 */
public final class SpaceTime {
  private static final int WIDTH = 30;

  private SpaceTime() {}

  /** Draws the newest {@code rows} events. */
  public static String draw(List<String> servers, List<Trace.Event> events, int rows) {
    List<Trace.Event> newest = events.subList(Math.max(0, events.size() - rows), events.size());
    return draw("ms", servers, newest, event -> String.format("%.3f", event.nanos() / 1e6));
  }

  /** Draws events that have no time: the first column counts the steps. */
  public static String drawSteps(List<String> servers, List<Trace.Event> events) {
    return draw("step", servers, events, event -> Long.toString(event.step()));
  }

  private static String draw(
      String unit,
      List<String> servers,
      List<Trace.Event> events,
      Function<Trace.Event, String> when) {
    StringBuilder text = new StringBuilder(String.format("%12s  ", unit));
    for (String server : servers) {
      text.append(pad(server));
    }
    text.append('\n');
    for (Trace.Event event : events) {
      text.append(String.format("%12s  ", when.apply(event)));
      int column = servers.indexOf(event.server());
      if (column < 0) {
        text.append("== ").append(event.text());
      } else {
        text.append(" ".repeat(column * WIDTH)).append(cell(event));
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String cell(Trace.Event event) {
    Envelope message = event.message();
    if (message == null) {
      return (event.kind() == Trace.Kind.ROLE ? "* " : "! ") + event.text();
    }
    return switch (event.kind()) {
      case SEND -> ">" + message.getTo() + " " + brief(message);
      case RECEIVE -> message.getFrom() + "> " + brief(message);
      default -> "x " + message.getFrom() + ">" + message.getTo() + " " + brief(message);
    };
  }

  private static String pad(String text) {
    return String.format("%-" + WIDTH + "s", text);
  }

  /** A message in a few characters: kind, term, and what matters in it. */
  public static String brief(Envelope m) {
    String term = " t" + m.getTerm();
    return switch (m.getBodyCase()) {
      case PRE_VOTE -> "PreVote" + term + lastLog(m.getPreVote());
      case PRE_VOTE_REPLY -> "PreVote" + yes(m.getPreVoteReply().getGranted()) + term;
      case REQUEST_VOTE -> "Vote?" + term + lastLog(m.getRequestVote());
      case REQUEST_VOTE_REPLY -> "Vote" + yes(m.getRequestVoteReply().getGranted()) + term;
      case APPEND_ENTRIES -> "Append" + term + entries(m.getAppendEntries());
      case APPEND_ENTRIES_REPLY -> "Append" + outcome(m.getAppendEntriesReply()) + term;
      default -> m.getBodyCase() + term;
    };
  }

  private static String lastLog(PreVote m) {
    return lastLog(m.getLastLogIndex(), m.getLastLogTerm());
  }

  private static String lastLog(RequestVote m) {
    return lastLog(m.getLastLogIndex(), m.getLastLogTerm());
  }

  private static String lastLog(long index, long term) {
    return index == 0 ? "" : " last " + index + "/" + term;
  }

  private static String yes(boolean granted) {
    return granted ? " yes" : " no";
  }

  private static String entries(AppendEntries m) {
    return " "
        + m.getPrevLogIndex()
        + "/"
        + m.getPrevLogTerm()
        + "+"
        + m.getEntriesCount()
        + " c"
        + m.getLeaderCommit();
  }

  private static String outcome(AppendEntriesReply m) {
    return m.getSuccess()
        ? " ok " + (m.getPrevLogIndex() + m.getCount())
        : " no " + m.getPrevLogIndex() + " try " + m.getHintIndex();
  }
}
