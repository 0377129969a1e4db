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

  /** The value of a field of {@code describe()} as it is shown; empty if the field is not. */
  Optional<String> field(String name, String value);
}
