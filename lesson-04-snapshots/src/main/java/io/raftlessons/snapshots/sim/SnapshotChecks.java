package io.raftlessons.snapshots.sim;

import io.raftlessons.core.Effect;
import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.membership.MembershipEffect.ConfigurationChanged;
import io.raftlessons.membership.sim.CommittedConfigurations;
import io.raftlessons.membership.sim.MembershipChecks;
import io.raftlessons.replication.LogEffect;
import io.raftlessons.replication.LogWrite.ResetLog;
import io.raftlessons.replication.LogWrite.TrimLog;
import io.raftlessons.replication.sim.LogChecks;
import io.raftlessons.sim.Check;
import io.raftlessons.sim.Reach;
import io.raftlessons.sim.SimHost;
import io.raftlessons.sim.Violation;
import io.raftlessons.snapshots.SnapshotEffect.Restore;
import io.raftlessons.snapshots.SnapshotEffect.StoreChunk;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.InstallSnapshot;
import io.raftlessons.wire.InstallSnapshotReply;
import io.raftlessons.wire.SnapshotMeta;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What snapshots may not do, checked at every step: a snapshot is what was committed up to its end,
 * it is durable before anything relies on it, and the log never begins behind the newest one.
 */
final class SnapshotChecks implements Check {
  private static final class Life {
    final SimHost host;

    /** By index, when by the server's clock the snapshot was durable. */
    final NavigableMap<Long, Long> durable = new TreeMap<>();

    /** The end of the newest one that it took itself and has not cut its log for. */
    long uncut;

    long commitIndex;
    long configurationIndex;
    final TreeSet<String> sendingTo = new TreeSet<>();
    @Nullable SnapshotMeta receiving;
    String sender = "";
    @Nullable SnapshotMeta restoring;

    Life(SimHost host) {
      this.host = host;
    }

    long newest() {
      return durable.isEmpty() ? 0 : durable.lastKey();
    }
  }

  private final Reach reach;
  private final LogChecks logs;
  private final MembershipChecks members;
  private final CommittedConfigurations configurations;
  private final CommittedStates states;
  private final Map<String, Life> lives = new TreeMap<>();

  /** By server that is down, the newest snapshot that must be there. */
  private final Map<String, Long> mustBeThere = new TreeMap<>();

  private final Map<String, Long> uncut = new TreeMap<>();

  /** Which snapshots have begun to come, with the server's name. */
  private final Set<String> begun = new TreeSet<>();

  /** Where snapshots end that were sent, by id. */
  private final Map<String, Long> ends = new TreeMap<>();

  /**
   * @param logs and the others are shown every step before this is
   */
  SnapshotChecks(
      Reach reach,
      LogChecks logs,
      MembershipChecks members,
      CommittedConfigurations configurations,
      CommittedStates states) {
    this.reach = reach;
    this.logs = logs;
    this.members = members;
    this.configurations = configurations;
    this.states = states;
  }

  /**
   * A server runs.
   *
   * @param snapshot the end of the one that it starts from; 0 if none
   * @param newest whether it found no newer one that it could not read
   */
  void starts(String server, SimHost host, long snapshot, boolean newest) {
    long expected = mustBeThere.getOrDefault(server, 0L);
    if (newest && snapshot < expected) {
      throw new Violation(
          "DurableSnapshot",
          String.format(
              "%s had a snapshot at %d and starts from one at %d", server, expected, snapshot));
    }
    Life life = new Life(host);
    life.commitIndex = snapshot;
    if (snapshot > 0) {
      reach.count("restart from a snapshot");
      life.durable.put(snapshot, Long.MIN_VALUE);
      if (snapshot == uncut.getOrDefault(server, 0L)) {
        reach.count("crash between a snapshot and the log's cut");
      }
    }
    lives.put(server, life);
  }

  /** A snapshot is durable. */
  void published(String server, SnapshotMeta meta, byte[] content, boolean received) {
    long index = meta.getIndex();
    demand(index <= states.last(), server, meta, "was never applied");
    Entry end = states.entry(index);
    demand(!states.isBetweenParts(index), server, meta, "ends between the parts of a restore");
    demand(meta.getTerm() == end.getTerm(), server, meta, "ends in term " + end.getTerm());
    demand(
        meta.getTime() == end.getTime(),
        server,
        meta,
        "ends at time " + meta.getTime() + ", not " + end.getTime());
    NavigableMap<Long, Configuration> upTo = configurations.upTo(index);
    demand(
        meta.getConfigurationIndex() == upTo.lastKey()
            && meta.getConfiguration().equals(upTo.lastEntry().getValue()),
        server,
        meta,
        "has configuration "
            + meta.getConfigurationIndex()
            + "="
            + meta.getConfiguration()
            + ", not "
            + upTo.lastEntry());
    demand(meta.getSize() == content.length, server, meta, "has " + content.length + " bytes");
    demand(Arrays.equals(content, states.state(index)), server, meta, "has another state");
    Life life = lives.get(server);
    if (life == null) {
      return;
    }
    life.durable.put(index, life.host.loop("snapshot").now());
    reach.count(received ? "snapshot received" : "snapshot taken");
    if (!received) {
      life.uncut = index;
      if (life.receiving != null) {
        reach.count("snapshot taken while another one comes");
      }
    }
  }

  private static void demand(boolean holds, String server, SnapshotMeta meta, String what) {
    if (!holds) {
      throw new Violation(
          "SnapshotIsCommittedPrefix",
          String.format(
              "the snapshot %s of %s, which ends at %d, %s",
              meta.getId(), server, meta.getIndex(), what));
    }
  }

  @Override
  public void stepped(String server, RaftCore core, Object input, Effects effects) {
    Life life = lives.get(server);
    if (life == null) {
      throw new IllegalStateException(server + " made a step before it was announced");
    }
    for (Effect effect : effects.list()) {
      if (effect instanceof TrimLog trim) {
        cut(server, life, trim.index());
      } else if (effect instanceof ResetLog) {
        neverAGap(server, life, LogChecks.restored(effects));
      } else if (effect instanceof StoreChunk chunk) {
        comes(server, life, chunk);
      } else if (effect instanceof Restore restore) {
        restores(server, life, restore.meta());
      } else if (effect instanceof ConfigurationChanged now) {
        configured(life, now);
      } else if (effect instanceof RoleChanged) {
        life.sendingTo.clear();
      }
    }
    if (input instanceof Envelope message && message.hasInstallSnapshot()) {
      offered(life, message.getFrom(), message.getInstallSnapshot(), effects);
    }
    for (LogEffect.Committed now : effects.of(LogEffect.Committed.class)) {
      life.commitIndex = now.commitIndex();
    }
  }

  private void cut(String server, Life life, long index) {
    neverAGap(server, life, index);
    reach.count("log cut");
    life.uncut = 0;
  }

  private static void neverAGap(String server, Life life, long before) {
    if (before > life.newest()) {
      throw new Violation(
          "NeverAGap",
          String.format(
              "%s gives up its log up to %d, its newest snapshot ends at %d",
              server, before, life.newest()));
    }
  }

  private void comes(String server, Life life, StoreChunk chunk) {
    boolean first = chunk.offset() == 0;
    if (first && life.receiving != null) {
      boolean same = life.receiving.equals(chunk.meta());
      reach.count(same ? "install begun anew" : "install replaced by another");
    } else if (first && begun.add(server + " " + chunk.meta().getId())) {
      reach.count("install begun");
    } else if (first) {
      reach.count("install begun anew after it was given up");
    }
    life.receiving = chunk.meta();
  }

  private void restores(String server, Life life, SnapshotMeta meta) {
    if (!life.durable.containsKey(meta.getIndex())) {
      throw new Violation(
          "DurableBeforeRestored",
          server + " restores a snapshot at " + meta.getIndex() + ", durable are " + life.durable);
    }
    logs.restoring(server, meta.getIndex());
    life.receiving = null;
    life.restoring = meta;
    reach.count("install restored");
  }

  private void configured(Life life, ConfigurationChanged now) {
    if (life.restoring != null
        && life.restoring.getConfigurationIndex() == now.latestIndex()
        && now.latestIndex() > life.configurationIndex) {
      reach.count("configuration came by a snapshot");
    }
    life.configurationIndex = now.latestIndex();
  }

  private void offered(Life life, String leader, InstallSnapshot install, Effects effects) {
    if (install.getMeta().getIndex() < life.commitIndex) {
      reach.count("older install ignored");
    }
    boolean asked = install.getData().isEmpty() && install.getMeta().getSize() > 0;
    for (Effect.SendNow sent : effects.of(Effect.SendNow.class)) {
      InstallSnapshotReply reply = sent.envelope().getInstallSnapshotReply();
      if (asked && reply.getOffset() > 0) {
        reach.count("install resumed");
        if (!leader.equals(life.sender)) {
          reach.count("install resumed by another leader");
        }
      }
    }
    life.sender = leader;
  }

  @Override
  public void sent(Envelope message) {
    Life life = lives.get(message.getFrom());
    if (life == null) {
      return;
    }
    if (message.hasInstallSnapshot()) {
      InstallSnapshot install = message.getInstallSnapshot();
      ends.put(install.getMeta().getId(), install.getMeta().getIndex());
      life.sendingTo.add(message.getTo());
    } else if (message.hasInstallSnapshotReply()
        && message.getInstallSnapshotReply().getInstalled()) {
      installed(life, message);
    }
  }

  private void installed(Life life, Envelope message) {
    String server = message.getFrom();
    Long end = ends.get(message.getInstallSnapshotReply().getId());
    if (end == null) {
      throw new Violation("InstalledIsThere", server + " has a snapshot that nobody sent");
    }
    logs.installed(server, message.getTerm(), end);
    members.installed(server, message.getTerm(), end);
    Life leader = lives.get(message.getTo());
    if (leader != null) {
      leader.sendingTo.remove(server);
    }
    if (life.restoring != null && life.restoring.getIndex() == end) {
      reach.count("install finished");
      if (logs.lastIndex(server) > end) {
        reach.count("install, and the log behind it is kept");
      }
      life.restoring = null;
    }
  }

  @Override
  public void crashed(String server) {
    Life life = lives.remove(server);
    if (life == null) {
      return;
    }
    long now = life.host.loop("snapshot").now();
    life.durable.values().removeIf(at -> at > now);
    mustBeThere.put(server, life.newest());
    uncut.put(server, life.uncut);
    if (!life.sendingTo.isEmpty()) {
      reach.count("leader crashed while it sent a snapshot");
    }
    if (life.receiving != null) {
      reach.count("server crashed while a snapshot came");
    }
    if (life.restoring != null) {
      reach.count("server crashed while it restored");
    }
  }

  @Override
  public void diskReplaced(String server) {
    mustBeThere.remove(server);
    uncut.remove(server);
  }

  /** The ends of snapshots that this server has, as far as it was told. */
  long newest(String server) {
    Life life = lives.get(server);
    return life == null ? 0 : life.newest();
  }
}
