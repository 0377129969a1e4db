// Yours to write: lesson 3, exercises 3.2, 3.3 and 3.6. (starter 2c344290b10af097)
package io.raftlessons.membership;

import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.Role;
import io.raftlessons.core.Step;
import io.raftlessons.course.Todo;
import io.raftlessons.election.Election;
import io.raftlessons.membership.MembershipEffect.ChangeFailed;
import io.raftlessons.membership.MembershipEffect.ConfigurationChanged;
import io.raftlessons.membership.MembershipEffect.Reached;
import io.raftlessons.membership.MembershipEffect.Reason;
import io.raftlessons.membership.MembershipEffect.TransferDone;
import io.raftlessons.membership.MembershipEffect.TransferFailed;
import io.raftlessons.replication.RaftLog;
import io.raftlessons.replication.Replication;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.HardState;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.StorageRefused;
import io.raftlessons.wire.TimeoutNow;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Single-server changes (thesis chapter 4), leadership transfer (thesis 3.10), and the guard of the
 * disks.
 *
 * <p>What to do next is decided at the end of each step, from state alone: whose turn it is to
 * change the configuration, whether a server that is being added has caught up, whether the target
 * of a hand-over has the whole log.
 */
public final class MyMembership implements Membership {
  /** How many election timeouts a leader waits for all members to tell their disks. */
  private static final int PATIENCE = 10;

  private final RaftConfig config;
  private final HardState stored;
  private final RaftLog log;
  private final ConfigurationHistory history;
  private final Transfer transfer;
  private final Election election;
  private final Replication replication;
  private final StorageGuard disks = new StorageGuard();
  private final MyConfigurationChanges changes;
  private final Silence silence;
  private long ledSince;
  private long timeoutNowAt;

  public MyMembership(
      RaftConfig config,
      HardState stored,
      RaftLog log,
      ConfigurationHistory history,
      Transfer transfer,
      Election election,
      Replication replication) {
    this.config = config;
    this.stored = stored;
    this.log = log;
    this.history = history;
    this.transfer = transfer;
    this.election = election;
    this.replication = replication;
    silence = new Silence(config);
    changes = new MyConfigurationChanges(config, log, history, transfer, replication, disks);
  }

  @Override
  public Set<BodyCase> handles() {
    return EnumSet.of(BodyCase.TIMEOUT_NOW, BodyCase.STORAGE_REFUSED);
  }

  @Override
  public Optional<String> bootstrap(Step step, Configuration configuration) {
    Optional<String> problem = Configurations.problem(configuration);
    if (problem.isPresent()) {
      return problem;
    }
    if (log.lastIndex() > 0 || step.currentTerm() > 1 || !step.votedFor().isEmpty()) {
      return Optional.of("this server has a state already");
    }
    if (!Configurations.isVoter(Configurations.find(configuration, step.self()))) {
      return Optional.of(step.self() + " is not among the voters");
    }
    if (step.currentTerm() == 0) {
      step.enterTerm(Bootstrap.TERM);
    }
    replication.bootstrap(step, Configurations.fromTheStart(configuration).toByteString());
    return Optional.empty();
  }

  @Override
  public void change(Step step, long requestId, Change change, long prevIndex, long deadline) {
    if (step.role() == Role.LEADER) {
      changes.ask(step, requestId, change, prevIndex, deadline);
    } else {
      step.emit(
          new ChangeFailed(
              requestId, Reason.NOT_LEADER, "not the leader", Reached.NOTHING, 0, step.leader()));
    }
  }

  @Override
  public void endOfStep(Step step) {
    if (step.role() == Role.LEADER) {
      changes.goOn(step);
      recordDisks(step);
      handOver(step);
      silence.look(step, history.members());
    }
  }

  /** The disks that a bootstrap did not know: from now on no other disk will do. */
  private void recordDisks(Step step) {
    Configuration latest = history.latest();
    long lacking = StorageGuard.disksLacking(latest);
    if (stored.getStorage() == 0 || lacking == 0 || !changes.mayChange(step)) {
      return;
    }
    long known = disks.disksToRecord(latest, step.self());
    boolean patient = step.now() < ledSince + PATIENCE * config.electionTimeoutNanos();
    if (known == lacking || (known > 0 && !patient)) {
      changes.append(step, disks.withDisks(latest, step.self(), stored.getStorage()));
    }
  }

  /** §6: a configuration counts from the moment it is in the log. */
  @Override
  public void appended(Step step, List<Entry> entries) {
    // exercise 3.2: let each configuration among the entries count from now on.
    // MC-3. README, step 2; about 20 minutes.
    Todo.here("3.2");
    // end of exercise 3.2
  }

  private void rememberMembers() {
    disks.membersAre(history.members(), history.latestIndex());
  }

  @Override
  public void restored(
      Step step, long index, long configurationIndex, Configuration configuration) {
    history.startAt(index, configurationIndex, configuration);
    rememberMembers();
    configurationChanged(step);
  }

  @Override
  public void truncated(Step step, long from) {
    // exercise 3.2: the configurations from here on are gone: an earlier one counts again.
    // MC-3. README, step 2; about 20 minutes.
    Todo.here("3.2");
    // end of exercise 3.2
  }

  @Override
  public void committed(Step step, long commitIndex) {
    long before = history.committedIndex();
    history.committed(commitIndex);
    if (history.committedIndex() != before) {
      configurationChanged(step);
    }
    changes.committed(step, commitIndex);
    // exercise 3.3: leave, if the configuration that is committed now is one without this leader.
    // MC-4. README, step 3; about 20 minutes.
    Todo.here("3.3");
    // end of exercise 3.3
  }

  @Override
  public void joinedAt(Step step, long index) {
    if (index > history.joined()) {
      history.joined(index);
      step.joined(index);
    }
  }

  private void configurationChanged(Step step) {
    step.emit(
        new ConfigurationChanged(
            history.latest(),
            history.latestIndex(),
            history.committed(),
            history.committedIndex()));
  }

  /**
   * Thesis 4.2.2: a leader that was removed has led, uncounted, until that was committed. So that
   * nobody has to wait for a timeout, it tells the most advanced voter to go ahead. One only: two
   * would split the votes.
   */
  private void leave(Step step) {
    // exercise 3.3: tell the best voter to go ahead, and lead no longer.
    // MC-4. README, step 3; about 20 minutes.
    Todo.here("3.3");
    // end of exercise 3.3
  }

  @Override
  public void transfer(Step step, long requestId, String wanted) {
    Optional<String> target =
        wanted.isEmpty() ? mostAdvanced(step) : Optional.of(wanted).filter(history::votes);
    if (step.role() != Role.LEADER) {
      fail(step, requestId, Reason.NOT_LEADER, "not the leader");
    } else if (transfer.underWay()) {
      String why = "leadership is being handed over to " + transfer.target() + " already";
      fail(step, requestId, Reason.TRANSFERRING, why);
    } else if (wanted.equals(step.self())) {
      fail(step, requestId, Reason.INVALID, wanted + " leads already");
    } else if (target.isEmpty()) {
      String why = wanted.isEmpty() ? "there is no other voter" : "there is no voter " + wanted;
      fail(step, requestId, Reason.INVALID, why);
    } else {
      transfer.start(requestId, target.get(), step.now() + config.electionTimeoutNanos());
      timeoutNowAt = step.now();
    }
  }

  /**
   * Of the voters that were heard lately, if there are any: another one may have all and be down.
   */
  private Optional<String> mostAdvanced(Step step) {
    long lately = step.now() - config.electionTimeoutNanos();
    return replication.followers().stream()
        .filter(history::votes)
        .max(
            Comparator.comparing((String id) -> step.heardAt(id) > lately)
                .thenComparing(this::matchIndex));
  }

  private long matchIndex(String id) {
    return replication.progress(id).matchIndex();
  }

  private void handOver(Step step) {
    if (!transfer.underWay()) {
      return;
    }
    // exercise 3.6: tell the target to campaign once it has the whole log; that may get lost.
    // MC-6. README, step 6; about 20 minutes.
    Todo.here("3.6");
    // end of exercise 3.6
  }

  private void sendTimeoutNow(Step step, String target) {
    transfer.said(step.currentTerm());
    step.sendNow(target, Envelope.newBuilder().setTimeoutNow(TimeoutNow.getDefaultInstance()));
  }

  @Override
  public void onTime(Step step) {
    if (transfer.underWay() && step.now() >= transfer.deadline()) {
      String why = transfer.target() + " did not take over within an election timeout";
      fail(step, transfer.requestId(), Reason.TIMEOUT, why);
      transfer.end();
    }
    changes.onTime(step);
  }

  @Override
  public long wakeAt(Step step) {
    long transferEnds = transfer.underWay() ? transfer.deadline() : Long.MAX_VALUE;
    return Math.min(transferEnds, changes.wakeAt());
  }

  @Override
  public void becameLeader(Step step) {
    ledSince = step.now();
    silence.newTerm();
    disks.newTerm(history.members());
  }

  @Override
  public void becameFollower(Step step) {
    if (transfer.underWay()) {
      transfer.end();
      step.emit(new TransferDone(transfer.requestId()));
    }
    changes.leadershipLost(step);
  }

  @Override
  public boolean admits(Step step, Envelope message) {
    Server sender = Configurations.find(history.latest(), message.getFrom());
    if (sender == null) {
      return true;
    }
    boolean ofThisTerm = message.getTerm() == step.currentTerm();
    if (disks.mayBeOfFormerMember(message, sender, ofThisTerm)) {
      return false;
    }
    Optional<String> refused = disks.refuse(message, sender, ofThisTerm);
    if (refused.isPresent() && step.role() == Role.LEADER && ofThisTerm) {
      StorageRefused.Builder answer =
          StorageRefused.newBuilder()
              .setStorage(message.getStorage())
              .setLife(message.getLife())
              .setWhy(refused.get());
      step.sendNow(message.getFrom(), Envelope.newBuilder().setStorageRefused(answer));
    }
    return refused.isEmpty();
  }

  @Override
  public void onMessage(Step step, Envelope message) {
    switch (message.getBodyCase()) {
      case TIMEOUT_NOW -> onTimeoutNow(step, message.getFrom());
      case STORAGE_REFUSED ->
          onStorageRefused(step, message.getFrom(), message.getStorageRefused());
      default -> throw new IllegalArgumentException("not mine: " + message.getBodyCase());
    }
  }

  /** It is of this term: the leader of this term wants this server to lead the next one. */
  private void onTimeoutNow(Step step, String from) {
    // exercise 3.6: campaign at once, if this server may and its own leader says so.
    // MC-6. README, step 6; about 20 minutes.
    Todo.here("3.6");
    // end of exercise 3.6
  }

  /** What is of this term may be the first that is heard of its leader. */
  private static boolean mayLead(Step step, String from) {
    return step.leader().isEmpty() || step.leader().equals(from);
  }

  /**
   * This server's word is worth nothing any more, and must not be given again, in no later life.
   */
  private void onStorageRefused(Step step, String leader, StorageRefused refused) {
    boolean thisLife =
        refused.getStorage() == stored.getStorage() && refused.getLife() == stored.getLife();
    if (thisLife && mayLead(step, leader)) {
      step.refuseDisk(
          leader
              + " refuses the disk of "
              + step.self()
              + ": "
              + refused.getWhy()
              + ". Remove this server from the group, empty its directory, and add it again");
    }
  }

  private static void fail(Step step, long requestId, Reason reason, String why) {
    step.emit(new TransferFailed(requestId, reason, why, step.leader()));
  }

  @Override
  public void describe(StringBuilder text) {
    history.describe(text);
    if (transfer.underWay()) {
      text.append(" transferTo=").append(transfer.target());
    }
    changes.describe(text);
  }
}
