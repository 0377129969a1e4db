package io.raftlessons.cluster.config;

/** A setting is wrong. The message names it, says where it came from, and what would be right. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }
}
