package io.raftlessons.replication.sim;

import io.raftlessons.replication.keyvalue.KeyValueCommands;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Request;
import io.raftlessons.sim.SimRandom;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What clients of a simulated group ask for: lists that are appended to, sums, and values that are
 * put, compared and set, and deleted; all of them read. After a while it goes on to other keys, and
 * comes back to old ones now and then, so that no key has a history too long to be checked fast.
 */
public final class Workload {
  private static final int CALLS_ON_A_GENERATION = 100;
  private static final int LONGEST_PADDING = 200;

  private final SimRandom random;
  private final Set<String> keys = new TreeSet<>();
  private final Map<String, String> lastSeen = new TreeMap<>();
  private long calls;

  public Workload(SimRandom random) {
    this.random = random;
  }

  /** All keys that were asked for. */
  public Set<String> keys() {
    return keys;
  }

  /** The next operation. No two write the same value or element. */
  public Request next() {
    long generation = calls++ / CALLS_ON_A_GENERATION;
    if (random.chance(0.1)) {
      generation = random.between(0, generation);
    }
    return switch (random.nextInt(3)) {
      case 0 -> list(key("list-" + generation));
      case 1 -> sum(key("sum-" + generation));
      default -> value(key("value-" + generation));
    };
  }

  private String key(String key) {
    keys.add(key);
    return key;
  }

  private Request list(String key) {
    return random.chance(0.4)
        ? KeyValueCommands.get(key)
        : KeyValueCommands.append(key, Long.toString(calls));
  }

  /**
   * All that is added to one key is of one size, which its name gives. Else a read after many calls
   * of unknown outcome would ask the checker which of them make up that sum, and no budget is
   * enough for that.
   */
  private Request sum(String key) {
    return random.chance(0.3)
        ? KeyValueCommands.get(key)
        : KeyValueCommands.add(key, 1 + key.length());
  }

  private Request value(String key) {
    int dice = random.nextInt(10);
    if (dice < 4) {
      return KeyValueCommands.get(key);
    }
    if (dice < 5) {
      return KeyValueCommands.delete(key);
    }
    String fresh = "\"" + calls + "x".repeat(random.nextInt(LONGEST_PADDING)) + "\"";
    if (dice < 7) {
      return KeyValueCommands.put(key, fresh);
    }
    return KeyValueCommands.compareAndSet(key, lastSeen.get(key), fresh);
  }

  /** An operation was answered: compare-and-sets to come expect what is there now. */
  public void answered(Request request, Reply reply) {
    switch (request.getOperationCase()) {
      case GET -> seen(request.getGet().getKey(), reply.getText());
      case PUT -> seen(request.getPut().getKey(), request.getPut().getValue());
      case DELETE -> seen(request.getDelete().getKey(), "");
      case COMPARE_AND_SET -> {
        if (reply.getSwapped()) {
          seen(request.getCompareAndSet().getKey(), request.getCompareAndSet().getValue());
        }
      }
      default -> {}
    }
  }

  private void seen(String key, String value) {
    if (value.isEmpty()) {
      lastSeen.remove(key);
    } else {
      lastSeen.put(key, value);
    }
  }
}
