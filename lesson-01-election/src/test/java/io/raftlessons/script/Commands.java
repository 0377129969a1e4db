package io.raftlessons.script;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** The commands of a lesson. A later lesson adds its own to those of the one before. */
public final class Commands {
  /** For {@link #add}: any number of arguments from the smallest on. */
  public static final int ANY = Integer.MAX_VALUE;

  private record Form(
      String usage, String meaning, int least, int most, BiConsumer<Stage, Command> action) {}

  private final Map<String, Form> forms = new TreeMap<>();

  /**
   * @param usage the command's name, a blank, and what follows it
   * @param meaning what it does, for the page of scenarios
   * @param least how many arguments it has at least
   * @param most how many at most
   */
  public Commands add(
      String usage, String meaning, int least, int most, BiConsumer<Stage, Command> action) {
    forms.put(usage.split(" ", 2)[0], new Form(usage, meaning, least, most, action));
    return this;
  }

  void run(Stage stage, Command command) {
    Form form = forms.get(command.name());
    if (form == null) {
      throw command.error("no command " + command.name() + ", there are " + forms.keySet());
    }
    if (command.args().size() < form.least() || command.args().size() > form.most()) {
      throw command.error("usage: " + form.usage());
    }
    form.action().accept(stage, command);
  }

  /** What there is, in alphabetical order: how a command is written, and what it does. */
  public Map<String, String> meanings() {
    Map<String, String> meanings = new LinkedHashMap<>();
    forms.values().forEach(form -> meanings.put(form.usage(), form.meaning()));
    return meanings;
  }
}
