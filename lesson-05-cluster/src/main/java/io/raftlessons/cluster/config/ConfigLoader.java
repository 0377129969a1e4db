package io.raftlessons.cluster.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** Puts a configuration together: defaults, then the file, the environment, the flags. */
public final class ConfigLoader {
  private static final int MAX_FILE_BYTES = 1 << 20;

  private ConfigLoader() {}

  /**
   * @param flags by setting name, without the dashes
   * @param environment by variable; an empty value counts as not set
   * @throws ConfigException at the first thing wrong
   */
  public static ClusterConfig load(Map<String, String> flags, Map<String, String> environment) {
    String file = Settings.CONFIG_FILE.name();
    String fromEnvironment = environment.getOrDefault(Settings.CONFIG_FILE.variable(), "");
    String path = flags.getOrDefault(file, fromEnvironment);

    Map<String, String> values = new TreeMap<>();
    if (!path.isEmpty()) {
      readFile(Path.of(path), values);
    }
    for (Setting setting : Settings.ALL) {
      String variable = environment.getOrDefault(setting.variable(), "");
      if (!variable.isEmpty()) {
        put(values, setting, variable, "environment variable " + setting.variable());
      }
      String flag = flags.get(setting.name());
      if (flag != null) {
        put(values, setting, flag, "flag " + setting.flag());
      }
    }
    return new ClusterConfig(values);
  }

  private static void readFile(Path path, Map<String, String> values) {
    Properties properties = new Properties();
    try {
      if (Files.size(path) > MAX_FILE_BYTES) {
        throw new ConfigException("configuration file " + path + " is larger than 1 MiB");
      }
      try (Reader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
        properties.load(reader);
      }
    } catch (IOException e) {
      throw new ConfigException("cannot read configuration file " + path + ": " + reason(e));
    } catch (IllegalArgumentException e) {
      throw new ConfigException("configuration file " + path + ": " + e.getMessage());
    }
    for (String key : properties.stringPropertyNames().stream().sorted().toList()) {
      Setting setting = find(key, path);
      put(values, setting, properties.getProperty(key).strip(), "file " + path);
    }
  }

  private static Setting find(String key, Path path) {
    for (Setting setting : Settings.ALL) {
      if (setting.name().equals(key) && !setting.equals(Settings.CONFIG_FILE)) {
        return setting;
      }
    }
    throw new ConfigException(
        "file %s: there is no setting '%s' (the nearest is '%s')"
            .formatted(path, key, Spelling.nearest(key)));
  }

  private static void put(
      Map<String, String> values, Setting setting, String value, String origin) {
    if (!setting.type().accepts(value)) {
      throw new ConfigException(
          "%s: %s is '%s', but it must be %s"
              .formatted(
                  origin,
                  setting.name(),
                  setting.secret() ? "(not shown)" : value,
                  setting.type().describe()));
    }
    values.put(setting.name(), value);
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.NoSuchFileException ? "no such file" : e.toString();
  }
}
