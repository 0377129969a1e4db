package io.raftlessons.script;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** The commands of a lesson. A later lesson adds its own to those of the one before. */
public final class Commands {
  /** For {@link #add}: any number of arguments from the smallest on. */
  public static final int ANY = Integer.MAX_VALUE;

  private record Form(String usage, int least, int most, BiConsumer<Stage, Command> action) {}

  private final Map<String, Form> forms = new TreeMap<>();

  /**
   * @param usage the command's name, a blank, and what follows it
   * @param least how many arguments it has at least
   * @param most how many at most
   */
  public Commands add(String usage, int least, int most, BiConsumer<Stage, Command> action) {
    forms.put(usage.split(" ", 2)[0], new Form(usage, least, most, action));
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

  /** How each command is written, in alphabetical order. */
  public List<String> usages() {
    return forms.values().stream().map(Form::usage).toList();
  }
}
