package io.raftlessons.cluster.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in S3.
 *
 * @param prefix what the keys begin with, without a slash at either end; may be empty
 */
public record SnapshotDestination(String bucket, String prefix) {
  /** In place of a destination. */
  static final String NONE = "none";

  private static final Pattern FORM =
      Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9._-]{1,100}){0,8})");

  static final ValueType TYPE =
      new ValueType.Text(
          Pattern.compile(NONE + "|" + FORM.pattern()), "`s3://bucket/prefix`, or `none`");

  static Optional<SnapshotDestination> parse(String text) {
    Matcher form = FORM.matcher(text);
    return form.matches()
        ? Optional.of(new SnapshotDestination(form.group(1), form.group(2).replaceFirst("^/", "")))
        : Optional.empty();
  }

  /** As in the setting. */
  @Override
  public String toString() {
    return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }
}
