package io.raftlessons.script;

import io.raftlessons.core.Effect;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.core.Role;
import io.raftlessons.core.StepObserver;
import io.raftlessons.course.NotStarted;
import io.raftlessons.course.trace.Fields;
import io.raftlessons.course.trace.Recording.Kind;
import io.raftlessons.wire.Envelope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A server on the stage: it tells the trace what each of its steps changes and writes. */
public final class Actor implements StepObserver {
  private final String id;
  private final Stage stage;
  private final Server server;
  private final SplittableRandom random;
  private @Nullable ScriptHost host;
  private String stopped = "";
  private boolean slowDisk;
  private Role role = Role.FOLLOWER;
  private long wakeAt;
  private Map<String, String> fields = new LinkedHashMap<>();

  Actor(String id, Stage stage, Server.Factory factory, long seed) {
    this.id = id;
    this.stage = stage;
    server = factory.create(this::tell);
    random = new SplittableRandom(seed);
  }

  public String id() {
    return id;
  }

  private void tell(String what) {
    stage.trace().detail(what);
    stage.record(r -> r.told(id, what));
  }

  /** What lesson's server this is. */
  public Server server() {
    return server;
  }

  Role role() {
    return role;
  }

  /** When it wants to be woken, in nanoseconds. */
  long wakeAt() {
    return wakeAt;
  }

  boolean isDown() {
    return host == null;
  }

  void start(Collection<String> voters) {
    ScriptHost fresh = new ScriptHost(stage::now, random, stage::sent, stage::task);
    fresh.slowDisk(slowDisk);
    fields.clear();
    role = Role.FOLLOWER;
    stage.record(r -> r.down(id, Kind.START, "starts"));
    try {
      server.start(RaftConfig.defaults(id), voters, fresh, this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    host = fresh;
    fresh.settle();
  }

  /** What is not on disk is gone. */
  void crash() {
    host = null;
    stopped = "";
    stage.record(r -> r.down(id, Kind.CRASH, "crashes"));
  }

  /** The server's host, for a command that needs a running server. */
  ScriptHost host(Command command) {
    if (host == null) {
      throw command.error(id + " is down" + stopped);
    }
    return host;
  }

  void slowDisk(Command command, boolean slow) {
    slowDisk = slow;
    host(command).slowDisk(slow);
  }

  void deliver(Envelope message) {
    if (host != null) {
      host.deliver(message);
    }
  }

  /** Makes a local call of a server that runs, and lets it work. */
  public void call(Command command, Runnable call) {
    ScriptHost running = host(command);
    stage.record(r -> r.called(id, command.name(), command.args()));
    call.run();
    running.settle();
    stage.record(r -> r.calledWithoutStep(id));
  }

  /** All fields that are shown. */
  String state() {
    return host == null ? "down" : text(fields);
  }

  @Override
  public void stepped(RaftCore core, Object input, Effects effects) {
    stage.record(r -> r.stepped(id, core, input, effects));
    boolean starts = fields.isEmpty();
    if (input.equals("hung sync")) {
      stage.trace().detail("its disk hangs");
    }
    role = core.role();
    wakeAt = effects.wakeAt();
    Map<String, String> before = fields;
    fields = shownFields(core.describe());
    if (starts) {
      return;
    }
    Map<String, String> changed = new LinkedHashMap<>(fields);
    changed.entrySet().removeIf(field -> field.getValue().equals(before.get(field.getKey())));
    if (!changed.isEmpty()) {
      stage.trace().detail(text(changed));
    }
    for (Effect effect : effects.list()) {
      stage.wording().effect(effect).ifPresent(stage.trace()::detail);
    }
  }

  @Override
  public void failed(Throwable cause) {
    NotStarted.in(cause)
        .ifPresent(
            notStarted -> {
              throw notStarted;
            });
    stage.trace().detail("stops: " + cause.getMessage());
    stage.record(r -> r.down(id, Kind.STOP, "stops: " + cause.getMessage()));
    host = null;
    stopped = ": it stopped, " + cause.getMessage();
  }

  private Map<String, String> shownFields(String description) {
    Map<String, String> shown = new LinkedHashMap<>();
    Fields.of(description)
        .forEach(
            (name, value) ->
                stage.wording().field(name, value).ifPresent(words -> shown.put(name, words)));
    return shown;
  }

  private static String text(Map<String, String> fields) {
    List<String> words = new ArrayList<>();
    fields.forEach((name, value) -> words.add(name + "=" + value));
    return String.join(" ", words);
  }
}
