package io.raftlessons.script;

import java.util.ArrayList;
import java.util.List;

/**
 * A script as it is written: lines that begin with {@code #} are prose, the first of them the
 * title; then blocks of commands, a line {@code ----}, and the trace they must leave. An empty line
 * ends a block.
 *
 * @param file the file's name, for messages
 * @param prose what it shows and where the paper says so; an empty line parts paragraphs
 */
public record Script(String file, String title, List<String> prose, List<Block> blocks) {
  private static final String LINE = "----";

  /**
   * Commands and their trace.
   *
   * @param prose said before the commands; may be empty
   * @param line where the expected trace begins
   */
  public record Block(
      List<String> prose, List<Command> commands, List<String> expected, int line) {}

  /**
   * @throws ScriptException if the text is no script; the message has file and line
   */
  public static Script parse(String file, String text) {
    return new Parser(file, text.lines().toList()).script();
  }

  /** The same script with other traces, one for each block. */
  String with(List<List<String>> traces) {
    StringBuilder text = new StringBuilder("# " + title + "\n");
    appendProse(text, prose);
    for (int i = 0; i < blocks.size(); i++) {
      text.append('\n');
      appendProse(text, blocks.get(i).prose());
      blocks.get(i).commands().forEach(command -> text.append(command.text()).append('\n'));
      text.append(LINE).append('\n');
      traces.get(i).forEach(line -> text.append(line).append('\n'));
    }
    return text.toString();
  }

  private static void appendProse(StringBuilder text, List<String> prose) {
    prose.forEach(line -> text.append(line.isEmpty() ? "#" : "# " + line).append('\n'));
  }

  private static final class Parser {
    private final String file;
    private final List<String> lines;
    private int at;

    Parser(String file, List<String> lines) {
      this.file = file;
      this.lines = lines;
    }

    Script script() {
      List<String> head = prose();
      if (head.size() < 2 || head.get(0).isEmpty()) {
        throw error("a script begins with its title and with what it shows, on lines with #");
      }
      List<Block> blocks = new ArrayList<>();
      for (skipEmpty(); at < lines.size(); skipEmpty()) {
        blocks.add(block());
      }
      if (blocks.isEmpty()) {
        throw error("a script without commands");
      }
      return new Script(file, head.get(0), List.copyOf(head.subList(1, head.size())), blocks);
    }

    private Block block() {
      List<String> prose = prose();
      List<Command> commands = new ArrayList<>();
      for (; at < lines.size() && !lines.get(at).equals(LINE); at++) {
        if (lines.get(at).isBlank() || lines.get(at).startsWith("#")) {
          throw error("a block is prose, then commands, then " + LINE);
        }
        commands.add(Command.parse(file, at + 1, lines.get(at)));
      }
      if (at == lines.size()) {
        throw error("no " + LINE + " after the commands");
      }
      if (commands.isEmpty()) {
        throw error("no command before " + LINE);
      }
      int line = ++at + 1;
      List<String> expected = new ArrayList<>();
      for (; at < lines.size() && !lines.get(at).isBlank(); at++) {
        expected.add(lines.get(at).stripTrailing());
      }
      return new Block(prose, List.copyOf(commands), List.copyOf(expected), line);
    }

    private List<String> prose() {
      List<String> prose = new ArrayList<>();
      for (; at < lines.size() && lines.get(at).startsWith("#"); at++) {
        prose.add(lines.get(at).substring(1).strip());
      }
      return List.copyOf(prose);
    }

    private void skipEmpty() {
      while (at < lines.size() && lines.get(at).isBlank()) {
        at++;
      }
    }

    private ScriptException error(String why) {
      return new ScriptException(file, Math.min(at + 1, lines.size()), why);
    }
  }
}
