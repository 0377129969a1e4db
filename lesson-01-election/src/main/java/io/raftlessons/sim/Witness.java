package io.raftlessons.sim;

import io.raftlessons.core.Effect.RoleChanged;
import io.raftlessons.core.Effects;
import io.raftlessons.core.RaftCore;
import io.raftlessons.wire.Envelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sees what happens in a world: shows it to the checks, and keeps of it a hash and a trace. */
final class Witness {
  private final Timeline timeline;
  private final List<Check> checks;
  private boolean hashDeeply;
  private @Nullable Trace trace;
  private @Nullable Recorder recorder;

  Witness(Timeline timeline, List<Check> checks) {
    this.timeline = timeline;
    this.checks = checks;
  }

  void hashDeeply() {
    hashDeeply = true;
  }

  void traceNewest(int limit) {
    trace = new Trace(limit);
  }

  void record(Recorder recorder) {
    this.recorder = recorder;
  }

  List<Trace.Event> trace() {
    return trace == null ? List.of() : trace.events();
  }

  void sent(Envelope envelope) {
    if (hashDeeply) {
      for (byte b : envelope.toByteArray()) {
        timeline.hash(b);
      }
    }
    try {
      for (Check check : checks) {
        check.sent(envelope);
      }
    } catch (Violation broken) {
      timeline.end(broken);
    }
  }

  void stepped(String server, RaftCore core, Object input, Effects effects) {
    if (hashDeeply) {
      timeline.hash(core.describe().hashCode());
    }
    if (recorder != null) {
      recorder.stepped(server, core, input, effects);
    }
    try {
      for (Check check : checks) {
        check.stepped(server, core, input, effects);
      }
    } catch (Violation broken) {
      timeline.end(broken);
    }
    if (trace != null || recorder != null) {
      for (RoleChanged change : effects.of(RoleChanged.class)) {
        note(Trace.Kind.ROLE, server, null, Trace.text(change));
      }
    }
  }

  void crashed(String server) {
    note(Trace.Kind.CRASH, server, null, "crashes");
    checks.forEach(check -> check.crashed(server));
  }

  void diskReplaced(String server) {
    note(Trace.Kind.CRASH, server, null, "gets another disk");
    checks.forEach(check -> check.diskReplaced(server));
  }

  /**
   * Something for readers alone.
   *
   * @param server "" for the world itself
   */
  void note(Trace.Kind kind, String server, @Nullable Envelope message, String text) {
    if (trace == null && recorder == null) {
      return;
    }
    Trace.Event event =
        new Trace.Event(timeline.events(), timeline.now(), server, kind, message, text);
    if (trace != null) {
      trace.add(event);
    }
    if (recorder != null) {
      recorder.happened(event);
    }
  }
}
