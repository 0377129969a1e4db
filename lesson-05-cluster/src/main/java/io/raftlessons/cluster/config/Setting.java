package io.raftlessons.cluster.config;

import java.util.Locale;

/**
 * One thing that can be set. Immutable.
 *
 * @param name the key in a configuration file; a dot is two underscores in the variable
 * @param variable the environment variable
 * @param defaultValue in the form that a person would write; "" means not set
 * @param description one or two sentences, ended by a full stop
 * @param secret no command has a flag for it, since everybody on the machine sees a process's
 *     arguments, and no message has its value
 */
public record Setting(
    String name,
    String variable,
    String defaultValue,
    ValueType type,
    String description,
    boolean secret) {
  Setting(String name, String variable, String defaultValue, ValueType type, String description) {
    this(name, variable, defaultValue, type, description, false);
  }

  /** The command-line flag. */
  public String flag() {
    return "--" + name;
  }

  static Setting of(String name, String defaultValue, ValueType type, String description) {
    String variable = "RAFT_" + name.replace('-', '_').replace(".", "__").toUpperCase(Locale.ROOT);
    return new Setting(name, variable, defaultValue, type, description);
  }

  /** Without a default, and secret. */
  Setting asSecret() {
    return new Setting(name, variable, "", type, description, true);
  }
}
