package io.raftlessons.core;

import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import io.raftlessons.wire.HardState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The core of a server: role, term, vote, the term rule and dispatch. Inputs go in, effects come
 * out; no thread, clock, disk or network. Everything else about Raft is in its parts.
 *
 * <p>Used by one loop. Each entry point is told the time, which never goes back.
 */
public final class RaftCore {
  private final RaftConfig config;
  private final List<Part> parts;
  private final Map<BodyCase, Part> partOf = new EnumMap<>(BodyCase.class);

  private Role role = Role.FOLLOWER;
  private long currentTerm;
  private String votedFor;
  private HardState disk;
  private String leader = "";
  private long leaderHeardAt;
  private long termStartedAt;

  /** Whom this leader sent to, and no stranger: there may be any number of those. */
  private final Map<String, Long> heardAt = new TreeMap<>();

  /**
   * @param stored what the stable store holds
   * @param parts in lesson order; no two may handle the same kind
   * @param now the start time, in nanoseconds of the raft loop
   */
  public RaftCore(RaftConfig config, HardState stored, List<Part> parts, long now) {
    this.config = config;
    this.parts = List.copyOf(parts);
    currentTerm = stored.getCurrentTerm();
    votedFor = stored.getVotedFor();
    disk = stored;
    leaderHeardAt = now;
    termStartedAt = now;
    for (Part part : parts) {
      for (BodyCase kind : part.handles()) {
        Part other = partOf.put(kind, part);
        if (other != null) {
          throw new IllegalArgumentException(kind + " is handled by two parts");
        }
      }
    }
  }

  /**
   * A message of this cluster, for this server, arrived. One that no part handles is dropped: it is
   * of a later lesson. So is one that no correct server sends.
   *
   * @throws IllegalStateException if it contradicts what this server knows for certain: a second
   *     leader in its own term, or, by a part, another entry where one is committed. Somebody is
   *     broken then, perhaps this server; it must not go on
   */
  public Effects onMessage(long now, Envelope message) {
    return run(now, step -> step.receive(message));
  }

  /** Time has passed. */
  public Effects onTime(long now) {
    return run(
        now,
        step -> {
          for (Part part : parts) {
            part.onTime(step);
            step.tellQueued();
          }
        });
  }

  /** A local call: the lambda calls a method of a part. */
  public Effects step(long now, Consumer<Step> call) {
    return run(now, call::accept);
  }

  public Role role() {
    return role;
  }

  public long currentTerm() {
    return currentTerm;
  }

  /** "" if no vote was given in this term. */
  public String votedFor() {
    return votedFor;
  }

  /** "" if unknown. */
  public String leader() {
    return leader;
  }

  /**
   * Whether this server leads, or has heard a leader within the minimum election timeout: then it
   * votes for nobody else (§6).
   *
   * @param now in nanoseconds of the raft loop
   */
  public boolean leaderHeardRecently(long now) {
    return role == Role.LEADER || now - leaderHeardAt < config.electionTimeoutNanos();
  }

  /**
   * When a leader was heard last, this server while it led included; the start if none was yet. In
   * nanoseconds of the raft loop.
   */
  public long leaderHeardAt() {
    return leaderHeardAt;
  }

  public String self() {
    return config.localId();
  }

  /** The state of Figure 2 as canonical text: equal states give equal text. */
  public String describe() {
    StringBuilder text = new StringBuilder(160);
    text.append("role=").append(role);
    text.append(" currentTerm=").append(currentTerm);
    text.append(" votedFor=").append(votedFor.isEmpty() ? "-" : votedFor);
    text.append(" leader=").append(leader.isEmpty() ? "-" : leader);
    for (Part part : parts) {
      part.describe(text);
    }
    return text.toString();
  }

  private Effects run(long now, Consumer<Work> input) {
    Work step = new Work(now);
    input.accept(step);
    step.tellQueued();
    do {
      for (Part part : parts) {
        part.endOfStep(step);
      }
    } while (step.tellQueued());
    return step.effects();
  }

  /** The step under way. */
  private final class Work implements Step {
    private final long now;
    private final Role roleBefore = role;
    private final long termBefore = currentTerm;
    private final String voteBefore = votedFor;
    private final String leaderBefore = leader;
    private final HardState diskBefore = disk;
    private final List<Effect> emitted = new ArrayList<>(4);
    private @Nullable ArrayDeque<Runnable> events;

    Work(long now) {
      this.now = now;
    }

    void receive(Envelope message) {
      BodyCase kind = message.getBodyCase();
      Part part = partOf.get(kind);
      if (part == null || !WellFormed.test(message) || !admitted(message)) {
        return;
      }
      switch (TermRule.of(message, currentTerm)) {
        case IGNORE -> {
          return;
        }
        case ANSWER -> {
          part.refuse(this, message);
          return;
        }
        case ADOPT_UNLESS_STICKY -> {
          if (leaderHeardRecently()) {
            part.refuse(this, message);
            return;
          }
          adopt(message.getTerm());
        }
        case ADOPT -> adopt(message.getTerm());
        case PASS -> {}
      }
      if (TermRule.fromLeader(kind)) {
        heardLeader(message.getFrom());
      } else if (role == Role.LEADER && TermRule.fromFollower(kind)) {
        heardAt.replace(message.getFrom(), now);
      }
      tellQueued();
      part.onMessage(this, message);
    }

    private boolean admitted(Envelope message) {
      for (Part part : parts) {
        if (!part.admits(this, message)) {
          return false;
        }
      }
      return true;
    }

    private void adopt(long term) {
      currentTerm = term;
      votedFor = "";
      termStartedAt = now;
      becomeFollower();
    }

    private void heardLeader(String from) {
      if (role == Role.LEADER) {
        throw new IllegalStateException(
            "two leaders in term " + currentTerm + ": " + self() + " and " + from);
      }
      if (role == Role.CANDIDATE) {
        becomeFollower();
      }
      leader = from;
      leaderHeardAt = now;
    }

    /** Tells what is queued, and what that queues. Returns whether there was anything. */
    boolean tellQueued() {
      if (events == null || events.isEmpty()) {
        return false;
      }
      for (Runnable event = events.poll(); event != null; event = events.poll()) {
        event.run();
      }
      return true;
    }

    Effects effects() {
      if (currentTerm != termBefore || !votedFor.equals(voteBefore) || !disk.equals(diskBefore)) {
        HardState state =
            disk.toBuilder().setCurrentTerm(currentTerm).setVotedFor(votedFor).build();
        emitted.add(0, new Effect.SaveHardState(state));
      }
      if (role != roleBefore || currentTerm != termBefore || !leader.equals(leaderBefore)) {
        emitted.add(new Effect.RoleChanged(role, currentTerm, leader));
      }
      long wakeAt = Long.MAX_VALUE;
      for (Part part : parts) {
        wakeAt = Math.min(wakeAt, part.wakeAt(this));
      }
      return new Effects(emitted, wakeAt);
    }

    @Override
    public long now() {
      return now;
    }

    @Override
    public String self() {
      return config.localId();
    }

    @Override
    public Role role() {
      return role;
    }

    @Override
    public long currentTerm() {
      return currentTerm;
    }

    @Override
    public String votedFor() {
      return votedFor;
    }

    @Override
    public String leader() {
      return leader;
    }

    @Override
    public long leaderHeardAt() {
      return leaderHeardAt;
    }

    @Override
    public boolean leaderHeardRecently() {
      return RaftCore.this.leaderHeardRecently(now);
    }

    @Override
    public long heardAt(String follower) {
      return Math.max(heardAt.getOrDefault(follower, termStartedAt), termStartedAt);
    }

    @Override
    public void becomeFollower() {
      if (role == Role.LEADER) {
        leaderHeardAt = now; // until now there was one: this server
      }
      role = Role.FOLLOWER;
      leader = "";
      tell(RoleListener.class, l -> l.becameFollower(this));
    }

    @Override
    public void enterTerm(long term) {
      if (term <= currentTerm) {
        throw new IllegalArgumentException("term " + term + " is not later than " + currentTerm);
      }
      adopt(term);
    }

    @Override
    public void becomeCandidate() {
      if (role == Role.LEADER) {
        throw new IllegalStateException("a leader does not campaign");
      }
      currentTerm++;
      votedFor = self();
      termStartedAt = now;
      role = Role.CANDIDATE;
      leader = "";
      tell(RoleListener.class, l -> l.becameCandidate(this));
    }

    @Override
    public void becomeLeader() {
      if (role != Role.CANDIDATE) {
        throw new IllegalStateException("only a candidate becomes leader, not a " + role);
      }
      role = Role.LEADER;
      leader = self();
      termStartedAt = now;
      heardAt.clear();
      tell(RoleListener.class, l -> l.becameLeader(this));
    }

    @Override
    public void voteFor(String candidate) {
      if (!votedFor.isEmpty() && !votedFor.equals(candidate)) {
        throw new IllegalStateException(
            "term " + currentTerm + ": voted for " + votedFor + ", now asked for " + candidate);
      }
      votedFor = candidate;
    }

    @Override
    public void refuseDisk(String why) {
      disk = disk.toBuilder().setRefused(why).build();
    }

    @Override
    public void joined(long index) {
      disk = disk.toBuilder().setJoined(index).build();
    }

    @Override
    public void forgetLeader() {
      leader = "";
    }

    @Override
    public void sendNow(String to, Envelope.Builder body) {
      sendNow(to, currentTerm, body);
    }

    @Override
    public void sendNow(String to, long term, Envelope.Builder body) {
      emit(new Effect.SendNow(address(to, term, body)));
    }

    @Override
    public void sendAfterSync(String to, Envelope.Builder body) {
      emit(new Effect.SendAfterSync(address(to, currentTerm, body)));
    }

    private Envelope address(String to, long term, Envelope.Builder body) {
      if (role == Role.LEADER && TermRule.fromLeader(body.getBodyCase())) {
        heardAt.putIfAbsent(to, termStartedAt);
      }
      return body.setFrom(self())
          .setTo(to)
          .setCluster(config.cluster())
          .setTerm(term)
          .setStorage(disk.getStorage())
          .setLife(disk.getLife())
          .build();
    }

    @Override
    public void emit(Effect effect) {
      emitted.add(effect);
    }

    @Override
    public <L> void tell(Class<L> listener, Consumer<L> event) {
      if (events == null) {
        events = new ArrayDeque<>(4);
      }
      for (Part part : parts) {
        if (listener.isInstance(part)) {
          events.add(() -> event.accept(listener.cast(part)));
        }
      }
    }
  }
}
