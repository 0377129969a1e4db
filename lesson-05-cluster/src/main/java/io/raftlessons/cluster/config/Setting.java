package io.raftlessons.cluster.config;

import java.util.Locale;

/**
 * One thing that can be set. Immutable.
 *
 * @param name the key in a configuration file
 * @param variable the environment variable
 * @param defaultValue in the form that a person would write; "" means not set
 * @param description one or two sentences, ended by a full stop
 */
public record Setting(
    String name, String variable, String defaultValue, ValueType type, String description) {

  /** The command-line flag. */
  public String flag() {
    return "--" + name;
  }

  static Setting of(String name, String defaultValue, ValueType type, String description) {
    String variable = "RAFT_" + name.replace('-', '_').toUpperCase(Locale.ROOT);
    return new Setting(name, variable, defaultValue, type, description);
  }
}
