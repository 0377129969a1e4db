package io.raftlessons.replication.sim;

import io.raftlessons.replication.Applied;
import io.raftlessons.replication.RaftException;
import io.raftlessons.replication.history.History;
import io.raftlessons.replication.history.Operation;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import io.raftlessons.sim.ClientCall;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Clients of a simulated group. Each has a session; a call of unknown outcome is often made again
 * under its number, at any server, and must not take effect twice (thesis section 6.3). Half of the
 * reads go past the log (section 6.4). What the clients see is kept as a history.
 */
final class Clients {
  /** The group as clients find it. */
  interface Group {
    /** Where a client turns to now. */
    String target();

    /**
     * Proposes a command of the key-value machine. The answer may never come.
     *
     * @return the number of the command; 0 if the server is down: nothing was proposed
     */
    long propose(String server, byte[] command, Answer answer);

    /**
     * Asks the machine itself, past the log. The answer may never come.
     *
     * @param answer null if the read failed; not told anything if the server is down
     */
    void query(String server, Request query, Consumer<@Nullable Reply> answer);
  }

  /** Of the two, one is not null. */
  interface Answer {
    void answered(@Nullable Applied applied, @Nullable Throwable failure);
  }

  private static final long MILLI = 1_000_000;
  private static final long LONGEST_WAIT = 1_500 * MILLI;
  private static final int CLIENTS = 3;
  private static final int MOST_ATTEMPTS = 4;

  private final SimWorld world;
  private final SimRandom random;
  private final Group group;
  private final History history;
  private final Workload workload;
  private final List<Client> clients = new ArrayList<>();
  private final Set<String> unread = new TreeSet<>();
  private final List<Replacement> replacements = new ArrayList<>();

  /** By the number of a command that no machine has applied yet, what it was for. */
  private final Map<Long, History.Call> unheard = new TreeMap<>();

  private boolean active = true;
  private boolean once;

  Clients(SimWorld world, SimRandom random, Group group) {
    this.world = world;
    this.random = random;
    this.group = group;
    history = new History(world::now);
    workload = new Workload(random.split());
    for (int i = 1; i <= CLIENTS; i++) {
      clients.add(new Client("c" + i));
    }
    world.clientCalls(() -> history.operations().stream().map(Clients::inWords).toList());
  }

  private static ClientCall inWords(Operation call) {
    String text = call.toString();
    return new ClientCall(
        call.client(),
        text.substring(call.client().length() + 1, text.lastIndexOf(" [")),
        call.status() != Operation.Status.UNKNOWN,
        call.callNanos(),
        call.returnNanos());
  }

  /** One of them makes a call, or opens its session if it has none. */
  void act(String server) {
    Client client = clients.get(random.nextInt(CLIENTS));
    boolean wanted = world.operation();
    if (client.session == 0) {
      if (wanted) {
        open(client, server);
      }
      return;
    }
    Request next = workload.next();
    boolean pastTheLog = next.hasGet() && random.chance(0.5);
    if (wanted && pastTheLog) {
      query(client, server, next);
    } else if (wanted) {
      new Call(client, next, ended -> {}).attempt(server);
    }
  }

  private void query(Client client, String server, Request query) {
    History.Call record = history.call(client.name, query);
    group.query(
        server,
        query,
        reply -> {
          if (reply == null) {
            record.failed();
          } else {
            world.reach().count("key read past the log");
            record.answered(reply);
            workload.answered(query, reply);
          }
        });
  }

  private void open(Client client, String server) {
    if (client.opening) {
      return;
    }
    long number =
        group.propose(
            server,
            KeyValueCommands.openSession(),
            (applied, failure) -> {
              client.opening = false;
              if (applied != null && client.session == 0) {
                client.session = KeyValueCommands.reply(applied.result()).getNumber();
              }
            });
    client.opening = number > 0;
    world.after(LONGEST_WAIT, () -> client.opening = false);
  }

  /**
   * No call is made again: when an operator brings back an earlier state, its sessions do not know
   * what was done behind it.
   */
  void callOnce() {
    once = true;
  }

  /**
   * Somebody asks for another state of the whole machine.
   *
   * @param valueOf by key what it has, "" for nothing
   */
  Replacement replacement(UnaryOperator<String> valueOf) {
    Replacement replacement = new Replacement(valueOf, world.now());
    replacements.add(replacement);
    return replacement;
  }

  /** Makes no call again from now on. */
  void stop() {
    active = false;
  }

  /** Reads every key that was ever asked for, until each is answered. */
  void readEverything() {
    unread.addAll(workload.keys());
    workload.keys().forEach(this::read);
  }

  private void read(String key) {
    for (Client client : clients) {
      if (client.session != 0) {
        new Call(client, KeyValueCommands.get(key), call -> readAgain(key, call))
            .attempt(group.target());
        return;
      }
    }
    open(clients.get(0), group.target());
    world.after(10 * MILLI, () -> read(key));
  }

  private void readAgain(String key, Call ended) {
    if (ended.answered) {
      unread.remove(key);
    } else {
      world.after(10 * MILLI, () -> read(key));
    }
  }

  boolean hasReadEverything() {
    return unread.isEmpty();
  }

  /** A machine has applied this command, of a client or not, again or for the first time. */
  void applied(long number, byte[] result) {
    History.Call record = unheard.remove(number);
    if (record != null) {
      record.tookEffect(KeyValueCommands.reply(result));
    }
  }

  /** What clients and operators saw. */
  List<Operation> history() {
    return withReplacements(history.operations());
  }

  /** What they would have seen if each answer had come. */
  List<Operation> completion() {
    return withReplacements(history.completion());
  }

  private List<Operation> withReplacements(List<Operation> ofClients) {
    List<Operation> all = new ArrayList<>(ofClients);
    for (Replacement replacement : replacements) {
      workload.keys().forEach(key -> all.add(replacement.of(key)));
    }
    return all;
  }

  /** A client; it may have several calls under way. */
  private static final class Client {
    final String name;
    final TreeSet<Long> unanswered = new TreeSet<>();
    long session;
    boolean opening;
    long lastSeq;

    Client(String name) {
      this.name = name;
    }

    void forget(long refused) {
      if (session == refused) {
        session = 0;
      }
    }
  }

  /** A call from its first attempt to its last. */
  private final class Call {
    final Client client;
    final Request request;
    final History.Call record;
    final long session;
    final long seq;
    int attempts;

    /** One more with each attempt and each pause: what comes late is for an earlier one. */
    int turn;

    boolean perhapsAppended;
    boolean answered;
    boolean ended;
    private final Consumer<Call> whenEnded;

    Call(Client client, Request request, Consumer<Call> whenEnded) {
      this.client = client;
      this.request = request;
      this.whenEnded = whenEnded;
      session = client.session;
      seq = ++client.lastSeq;
      client.unanswered.add(seq);
      record = history.call(client.name, request);
    }

    void attempt(String server) {
      attempts++;
      int attempt = ++turn;
      long firstUnacknowledged = client.unanswered.first();
      byte[] command = KeyValueCommands.inSession(request, session, seq, firstUnacknowledged);
      long number =
          group.propose(server, command, (applied, failure) -> answered(attempt, applied, failure));
      if (number > 0) {
        unheard.put(number, record);
        world.after(
            random.between(LONGEST_WAIT / 5, LONGEST_WAIT),
            () -> {
              if (attempt == turn) {
                perhapsAppended = true;
                again();
              }
            });
      } else {
        again();
      }
    }

    private void answered(int attempt, @Nullable Applied applied, @Nullable Throwable failure) {
      if (ended) {
        return;
      }
      if (applied != null) {
        replied(KeyValueCommands.reply(applied.result()));
        return;
      }
      perhapsAppended |=
          failure instanceof RaftException.LeadershipLost
              || failure instanceof RaftException.Shutdown;
      if (attempt == turn) {
        again();
      }
    }

    private void replied(Reply reply) {
      switch (reply.getStatus()) {
        case OK, NOT_FOUND -> {
          record.answered(reply);
          workload.answered(request, reply);
          answered = true;
          end();
        }
        case SESSION_REFUSED -> {
          if (!once) {
            throw new Violation("AnswersMakeSense", request + " was answered " + reply);
          }
          world.reach().count("session lost by a restore");
          client.forget(session);
          record.failed();
          end();
        }
        default -> throw new Violation("AnswersMakeSense", request + " was answered " + reply);
      }
    }

    /** A call that surely did nothing is not worth another attempt; another one often is. */
    private void again() {
      if (ended) {
        return;
      }
      if (!perhapsAppended) {
        record.failed();
        end();
      } else if (!active || once || attempts == MOST_ATTEMPTS || random.chance(0.2)) {
        end();
      } else {
        world.reach().count("call made again");
        int pause = ++turn;
        world.after(
            random.between(0, 300 * MILLI),
            () -> {
              if (!ended && pause == turn) {
                attempt(group.target());
              }
            });
      }
    }

    private void end() {
      ended = true;
      client.unanswered.remove(seq);
      whenEnded.accept(this);
    }
  }
}
