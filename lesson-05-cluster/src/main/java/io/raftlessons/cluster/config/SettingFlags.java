package io.raftlessons.cluster.config;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Settings as options of a command, so that no flag is written down twice. */
public final class SettingFlags {
  private SettingFlags() {}

  /** Gives a command an option for each of the settings that are not secret. */
  public static void add(CommandSpec command, List<Setting> settings) {
    for (Setting setting : settings.stream().filter(each -> !each.secret()).toList()) {
      String origin =
          setting.defaultValue().isEmpty()
              ? " (%s)".formatted(setting.variable())
              : " (%s, default %s)".formatted(setting.variable(), setting.defaultValue());
      command.addOption(
          OptionSpec.builder(setting.flag())
              .type(String.class)
              .paramLabel("VALUE")
              .description(escape(setting.description() + origin))
              .build());
    }
  }

  /** Gives a command {@code --help}. */
  public static void addHelp(CommandSpec command) {
    command.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("Explain this.").build());
  }

  private static String escape(String text) {
    return text.replace("%", "%%").replace("@|", "@ |");
  }

  /** What the user gave, by the setting's name. */
  public static Map<String, String> given(CommandSpec command) {
    CommandLine.ParseResult parsed = command.commandLine().getParseResult();
    Map<String, String> given = new TreeMap<>();
    for (Setting setting : Settings.ALL) {
      if (command.findOption(setting.flag()) != null) {
        @Nullable String value = parsed.matchedOptionValue(setting.flag(), null);
        if (value != null) {
          given.put(setting.name(), value);
        }
      }
    }
    return given;
  }
}
