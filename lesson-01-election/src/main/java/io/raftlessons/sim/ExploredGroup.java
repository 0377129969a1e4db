package io.raftlessons.sim;

import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effects;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.TermRule;
import io.raftlessons.election.Election;
import io.raftlessons.wire.Envelope;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The servers of an {@link Exploration} and the messages between them, after some choices. */
final class ExploredGroup implements ExploredServer.Watcher {
  /** What can happen next. */
  enum Act {
    /** A message arrives. */
    DELIVER,
    /** A message arrives, and its receiver has not heard a leader for a minimum timeout. */
    DELIVER_LATE,
    /** A message arrives, and a copy of it is still under way. */
    COPY,
    /** A server hears nothing for so long that its timer rings. */
    TIMEOUT,
    /** A disk finishes the oldest write. */
    WRITE,
    /** A server loses what is not on disk and starts again. */
    CRASH
  }

  /**
   * One of the things that can happen next.
   *
   * @param which the place of the message among those in flight, or of the server
   */
  record Choice(Act act, int which) {}

  private final List<String> ids;
  private final List<ExploredServer> servers = new ArrayList<>();
  private final List<Envelope> flight = new ArrayList<>();
  private final Reach reach = new Reach();
  private final ElectionChecks checks = new ElectionChecks(reach);
  private final @Nullable Trace trace;
  private int timeouts;
  private int crashes;
  private int messages;
  private int copies;
  private int made;

  ExploredGroup(Exploration.Scope scope, Election.Factory factory, @Nullable Trace trace) {
    this.trace = trace;
    ids = ElectionScenario.ids(scope.servers());
    timeouts = scope.timeouts();
    crashes = scope.crashes();
    messages = scope.messages();
    copies = scope.copies();
    Electorate electorate = Electorate.fixed(ids);
    for (String id : ids) {
      RaftConfig config = RaftConfig.builder(id).preVote(scope.preVote()).build();
      servers.add(new ExploredServer(config, electorate, factory, this));
    }
    servers.forEach(ExploredServer::start);
  }

  /**
   * What can happen next, in a fixed order. Servers differ in nothing but their names, so the first
   * to do something may be called n1.
   */
  List<Choice> choices() {
    List<Choice> choices = new ArrayList<>();
    for (int i = 0; i < flight.size() && messages > 0; i++) {
      Envelope message = flight.get(i);
      if (flight.indexOf(message) == i) {
        choices.add(new Choice(Act.DELIVER, i));
        if (asksForVote(message) && !receiver(message).leads() && receiver(message).sticky()) {
          choices.add(new Choice(Act.DELIVER_LATE, i));
        }
        if (copies > 0) {
          choices.add(new Choice(Act.COPY, i));
        }
      }
    }
    for (int i = 0; i < (made == 0 ? 1 : servers.size()); i++) {
      if (timeouts > 0) {
        choices.add(new Choice(Act.TIMEOUT, i));
      }
      if (servers.get(i).writes()) {
        choices.add(new Choice(Act.WRITE, i));
      }
      if (crashes > 0) {
        choices.add(new Choice(Act.CRASH, i));
      }
    }
    return choices;
  }

  private static boolean asksForVote(Envelope message) {
    return message.hasPreVote() || message.hasRequestVote();
  }

  private ExploredServer receiver(Envelope message) {
    return servers.get(ids.indexOf(message.getTo()));
  }

  /**
   * Lets it happen.
   *
   * @throws Violation if that breaks a rule
   */
  void make(Choice choice) {
    made++;
    try {
      switch (choice.act()) {
        case DELIVER -> deliver(flight.remove(choice.which()));
        case DELIVER_LATE -> {
          Envelope message = flight.remove(choice.which());
          note(Trace.Kind.FAULT, message.getTo(), null, "hears no leader for a while");
          receiver(message).pass();
          deliver(message);
        }
        case COPY -> {
          copies--;
          deliver(flight.get(choice.which()));
        }
        case TIMEOUT -> {
          timeouts--;
          note(Trace.Kind.FAULT, ids.get(choice.which()), null, "times out");
          servers.get(choice.which()).timeOut();
        }
        case WRITE -> {
          note(Trace.Kind.FAULT, ids.get(choice.which()), null, "has written");
          servers.get(choice.which()).finishWrite();
        }
        case CRASH -> crash(servers.get(choice.which()));
      }
    } catch (IllegalStateException contradiction) {
      Violation broken = new Violation("NoServerStops", String.valueOf(contradiction.getMessage()));
      broken.initCause(contradiction);
      throw broken;
    }
    flight.removeIf(this::saysNothing);
  }

  private void deliver(Envelope message) {
    if (messages < Exploration.Scope.ALL) {
      messages--;
    }
    note(Trace.Kind.RECEIVE, message.getTo(), message, "");
    receiver(message).receive(message);
  }

  private void crash(ExploredServer server) {
    crashes--;
    if (server.writes()) {
      reach.count("promise lost in a crash before it was made");
    }
    if (server.leads()) {
      reach.count("leader crashed");
    }
    note(Trace.Kind.CRASH, server.id(), null, "crashes and starts");
    server.restart();
    checks.crashed(server.id());
    server.start();
  }

  /**
   * Whether a message can change nothing any more, whatever happens: its receiver has a term on
   * disk for which the term rule drops it, or it only tells a term that is on disk there. A vote
   * does no more than that once its candidate is none any more: it will not be one in that term
   * again.
   */
  private boolean saysNothing(Envelope message) {
    ExploredServer receiver = receiver(message);
    long term = receiver.durable().getCurrentTerm();
    boolean onlyTellsTerm =
        switch (message.getBodyCase()) {
          case APPEND_ENTRIES_REPLY -> true;
          case PRE_VOTE_REPLY -> !message.getPreVoteReply().getGranted();
          case REQUEST_VOTE_REPLY ->
              !message.getRequestVoteReply().getGranted()
                  || !receiver.campaignsIn(message.getTerm());
          default -> false;
        };
    return TermRule.of(message, term) == TermRule.Verdict.IGNORE
        || (onlyTellsTerm && message.getTerm() <= term);
  }

  @Override
  public void stepped(ExploredServer server, Object input, Effects effects) {
    checks.stepped(server.id(), server.core(), input, effects);
    for (RoleChanged change : effects.of(RoleChanged.class)) {
      note(Trace.Kind.ROLE, server.id(), null, Trace.text(change));
    }
  }

  @Override
  public void leaves(Envelope message) {
    note(Trace.Kind.SEND, message.getFrom(), message, "");
    flight.add(message);
    checks.sent(message);
  }

  private void note(Trace.Kind kind, String server, @Nullable Envelope message, String text) {
    if (trace != null) {
      trace.add(new Trace.Event(made, 0, server, kind, message, text));
    }
  }

  Reach reach() {
    return reach;
  }

  /** All that the future depends on, as canonical text. */
  String describe() {
    StringBuilder text = new StringBuilder(600);
    servers.forEach(server -> server.describe(text));
    TreeMap<String, Integer> sorted = new TreeMap<>();
    for (Envelope m : flight) {
      sorted.merge(ExploredServer.describe(m), 1, Integer::sum);
    }
    text.append(sorted).append('\n');
    checks.describe(text);
    text.append(" left: ").append(timeouts).append(' ').append(crashes);
    return text.append(' ').append(messages).append(' ').append(copies).toString();
  }
}
