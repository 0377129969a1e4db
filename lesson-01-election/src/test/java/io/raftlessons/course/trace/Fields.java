package io.raftlessons.course.trace;

import io.raftlessons.core.RaftCore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server's state, field by field, as {@link RaftCore#describe} tells it. */
public final class Fields {
  /** The names; all else belongs to their values. */
  private static final Pattern NAME =
      Pattern.compile("(?:^| )((?:sending )?[A-Za-z][A-Za-z0-9-]*)=");

  private Fields() {}

  /** By name, in the order of the text. */
  public static Map<String, String> of(String description) {
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher name = NAME.matcher(description);
    boolean more = name.find();
    while (more) {
      String field = name.group(1);
      int start = name.end();
      more = name.find();
      fields.put(field, description.substring(start, more ? name.start() : description.length()));
    }
    return fields;
  }

  /** What is new or different; {@code ""} for what is not there any more. */
  static Map<String, String> difference(Map<String, String> before, Map<String, String> after) {
    Map<String, String> changed = new TreeMap<>();
    after.forEach(
        (name, value) -> {
          if (!value.equals(before.get(name))) {
            changed.put(name, value);
          }
        });
    before.keySet().stream()
        .filter(name -> !after.containsKey(name))
        .forEach(name -> changed.put(name, ""));
    return changed;
  }
}
