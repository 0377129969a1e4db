package io.raftlessons.script;

import java.util.List;

/**
 * A line of a script that does something.
 *
 * @param line from 1
 * @param text the whole line
 * @param name its first word
 * @param args its other words
 */
public record Command(String file, int line, String text, String name, List<String> args) {
  static Command parse(String file, int line, String text) {
    List<String> words = List.of(text.strip().split(" +"));
    return new Command(
        file, line, text.strip(), words.get(0), List.copyOf(words.subList(1, words.size())));
  }

  public String arg(int i) {
    return args.get(i);
  }

  /** The argument as a number. */
  public long number(int i) {
    try {
      return Long.parseLong(arg(i));
    } catch (NumberFormatException e) {
      throw error("not a number: " + arg(i));
    }
  }

  /** What is wrong with this line. */
  public ScriptException error(String why) {
    return new ScriptException(file, line, why);
  }
}
