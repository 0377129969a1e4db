package io.raftlessons.script;

import io.raftlessons.core.Effect;
import io.raftlessons.wire.Envelope;
import java.util.Optional;

/**
 * How a lesson speaks of what happens. A script is told in its own lesson's words on later lessons'
 * servers too, so what those add does not show.
 */
public interface Wording {
  String message(Envelope message);

  /** Empty if this lesson does not speak of it. */
  Optional<String> effect(Effect effect);

  /** Whether a field of {@code describe()} is shown. */
  boolean shows(String field);
}
