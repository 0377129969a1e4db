package io.raftlessons.cluster.sim;

import io.raftlessons.cluster.raft.RaftGroup;
import io.raftlessons.cluster.raft.SharedTransport;
import io.raftlessons.cluster.router.Router;
import io.raftlessons.cluster.router.RouterException;
import io.raftlessons.cluster.router.RouterOptions;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.StepObserver;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.replication.ReferenceReplication;
import io.raftlessons.replication.ReplicationConfig;
import io.raftlessons.replication.ReplicationNode;
import io.raftlessons.replication.SegmentedLogStore;
import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.KeyValueMachine;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import io.raftlessons.replication.sim.LogChecks;
import io.raftlessons.runtime.FileStableStore;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.ElectionChecks;
import io.raftlessons.sim.Nemesis;
import io.raftlessons.sim.Scenario;
import io.raftlessons.sim.SimHost;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.sim.SimWorld;
import io.raftlessons.sim.Violation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything of a node but its HTTP, in a world of faults: calls at every node, forwarded, retried.
 * A call that was answered was carried out once; one that failed at most once, and not at all if
 * that is what its failure says.
 *
 * <p>Answers tell the place of a call among those on its key: the length of the list, the sum of
 * the counter. No two may be the same, none may lie before one that was answered before the call
 * was made, and the list must have each element where its answer says. That is linearizability.
 */
final class ClusterScenario implements Scenario {
  private static final long MILLI = 1_000_000;
  private static final long DEADLINE = 3_000 * MILLI;
  private static final long LIVENESS_BOUND = 20_000 * MILLI;
  private static final String LIST = "list";
  private static final String COUNTER = "counter";

  @Override
  public String name() {
    return "cluster";
  }

  @Override
  public Run prepare(long seed) {
    return new ClusterRun(seed);
  }

  private static final class ClusterRun implements Run, Check {
    private final SimRandom random;
    private final SimWorld world;
    private final LogChecks logs;
    private final List<String> ids = List.of("n1", "n2", "n3");
    private final KeyValueMachine.Limits limits;
    private final Map<String, Router> routers = new TreeMap<>();
    private final Map<Long, Long> acknowledged = new TreeMap<>();
    private final Set<Long> sums = new TreeSet<>();
    private long longest;
    private long largest;
    private final Set<Long> undone = new TreeSet<>();
    private long called;
    private long added;
    private long perhapsAdded;
    private boolean calling = true;

    ClusterRun(long seed) {
      random = new SimRandom(~seed);
      limits = limits();
      List<Check> checks = new ArrayList<>();
      world = new SimWorld(seed, ids, this::start, checks);
      logs = new LogChecks(world.reach(), false);
      checks.add(new ElectionChecks(world.reach()));
      checks.add(logs);
      checks.add(this);
    }

    /** Sometimes so few sessions that living ones are evicted. */
    private KeyValueMachine.Limits limits() {
      KeyValueMachine.Limits d = KeyValueMachine.Limits.defaults();
      return new KeyValueMachine.Limits(
          random.chance(0.2) ? 400 : d.sessionTimeoutMillis(),
          random.chance(0.3) ? 2 : d.maxSessions(),
          d.maxResultsPerSession(),
          d.idempotencyRetentionMillis(),
          d.maxIdempotencyKeys(),
          d.maxKeyLength(),
          d.maxValueLength(),
          d.maxResultChars());
    }

    private void start(SimHost host, StepObserver observer) throws IOException {
      SharedTransport transport = new SharedTransport(host.transport());
      FileStableStore stable = new FileStableStore(host.disk(), "");
      SegmentedLogStore log =
          SegmentedLogStore.open(
              host.disk(),
              host.loop("prealloc"),
              new SegmentedLogStore.Options("log", 65_536, 65_536, 65_536));
      logs.restarted(host.id(), log);
      long firstRequest = host.random().nextLong() >>> 1;
      ReplicationNode.Setup setup =
          new ReplicationNode.Setup(
              RaftConfig.defaults(host.id()),
              ReplicationConfig.defaults(),
              ids,
              ReferenceElection::new,
              ReferenceReplication::new,
              observer);
      ReplicationNode node =
          ReplicationNode.start(
              setup, stable, log, new KeyValueMachine(limits), transport.on(host));
      RaftGroup group = new RaftGroup(host.loop("group"), transport, node, 0, firstRequest);
      routers.put(host.id(), new Router(host.loop("router"), group, RouterOptions.defaults()));
    }

    @Override
    public void crashed(String id) {
      routers.remove(id);
    }

    @Override
    public SimWorld world() {
      return world;
    }

    @Override
    public void play() {
      ids.forEach(world::start);
      world.after(0, this::callOn);
      Nemesis nemesis = new Nemesis(world);
      nemesis.start();
      world.runUntil(random.between(500, 5_000) * MILLI);
      world.runUntil(nemesis.stop());
      calling = false;
      for (String id : ids) {
        long healed = world.now();
        // What is answered while we read may or may not be seen.
        Map<Long, Long> mustBeThere = new TreeMap<>(acknowledged);
        long atLeast = Math.max(added, largest);
        List<Reply> list = readUntilAnswered(id, LIST, healed);
        List<Reply> counter = readUntilAnswered(id, COUNTER, healed);
        checkList(elements(list.get(0)), mustBeThere);
        checkCounter(number(counter.get(0)), atLeast);
      }
    }

    private List<Reply> readUntilAnswered(String id, String key, long healed) {
      List<Reply> answers = new ArrayList<>();
      readOn(id, key, answers);
      if (!world.runUntil(healed + LIVENESS_BOUND, () -> !answers.isEmpty())) {
        throw new Violation("Liveness", id + " answers no call, all faults healed");
      }
      return answers;
    }

    private void readOn(String id, String key, List<Reply> answers) {
      Router router = routers.get(id);
      if (router == null) {
        world.after(10 * MILLI, () -> readOn(id, key, answers));
        return;
      }
      router
          .call(KeyValueCommands.get(key), Optional.empty(), DEADLINE)
          .whenComplete(
              (reply, failure) -> {
                if (reply != null) {
                  answers.add(reply);
                } else {
                  readOn(id, key, answers);
                }
              });
    }

    private static List<Long> elements(Reply reply) {
      List<Long> elements = new ArrayList<>();
      if (reply.getStatus() == Reply.Status.OK) {
        String text = reply.getText();
        for (String element : text.substring(1, text.length() - 1).split(",")) {
          elements.add(Long.parseLong(element));
        }
      }
      return elements;
    }

    private static long number(Reply reply) {
      return reply.getStatus() == Reply.Status.OK ? Long.parseLong(reply.getText()) : 0;
    }

    private void checkList(List<Long> list, Map<Long, Long> mustBeThere) {
      Set<Long> seen = new TreeSet<>();
      for (long element : list) {
        if (!seen.add(element)) {
          throw new Violation("NoDoubleEffect", "element " + element + " was appended twice");
        }
        if (undone.contains(element)) {
          throw new Violation(
              "NotDoneIsNotDone",
              "element " + element + " is there, its call said it was not done");
        }
      }
      mustBeThere.forEach(
          (element, length) -> {
            if (!seen.contains(element)) {
              throw new Violation(
                  "NoLostWrite", "element " + element + " was acknowledged and is gone");
            }
            if (list.indexOf(element) + 1 != length) {
              throw new Violation(
                  "Linearizable",
                  "element " + element + " was acknowledged at " + length + ", it is not there");
            }
          });
    }

    private void checkCounter(long counter, long atLeast) {
      if (counter < atLeast || counter > added + perhapsAdded) {
        throw new Violation(
            "ExactlyOnce",
            "the counter is "
                + counter
                + ", acknowledged additions: "
                + atLeast
                + ", all that may have been made: "
                + (added + perhapsAdded));
      }
    }

    private void callOn() {
      if (!calling) {
        return;
      }
      String id = ids.get(random.nextInt(ids.size()));
      Router router = routers.get(id);
      if (router != null) {
        call(router);
      }
      world.after(random.between(MILLI, 60 * MILLI), this::callOn);
    }

    private void call(Router router) {
      long number = ++called;
      boolean append = random.chance(0.5);
      Request operation =
          append
              ? KeyValueCommands.append(LIST, Long.toString(number))
              : KeyValueCommands.add(COUNTER, 1);
      Optional<String> key = random.chance(0.3) ? Optional.of("key-" + number) : Optional.empty();
      if (!world.operation()) {
        return;
      }
      if (!append) {
        perhapsAdded++;
      }
      long after = append ? longest : largest;
      router
          .call(operation, key, DEADLINE)
          .whenComplete((reply, failure) -> answered(number, append, after, reply, failure));
    }

    private void answered(
        long number,
        boolean append,
        long after,
        @Nullable Reply reply,
        @Nullable Throwable failure) {
      if (reply != null && reply.getStatus() == Reply.Status.OK) {
        world.reach().count("call answered");
        long place = reply.getNumber();
        boolean unique;
        if (append) {
          unique = !acknowledged.containsValue(place);
          acknowledged.put(number, place);
          longest = Math.max(longest, place);
        } else {
          perhapsAdded--;
          added++;
          unique = sums.add(place);
          largest = Math.max(largest, place);
        }
        if (!unique || place <= after) {
          world.violated(
              new Violation(
                  "Linearizable",
                  "call " + number + " was answered " + place + ", made after " + after));
        }
      } else if (failure instanceof RouterException known) {
        world.reach().count("call failed: " + known.kind());
        if (known.changedNothing()) {
          world.reach().count("call failed and surely changed nothing");
          if (append) {
            undone.add(number);
          } else {
            perhapsAdded--;
          }
        }
      } else {
        world.violated(new Violation("OnlyKnownFailures", reply + " " + failure));
      }
    }
  }
}
