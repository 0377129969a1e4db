package io.raftlessons.course;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The exercises of a source file: places between two comment lines. In the reference its answer is
 * there, in a starter {@link Todo#here}, in a student's file the student's code.
 *
 * <pre>{@code
 * // exercise 1.5: is a log that ends so at least as up to date as the own one?
 * return lastLogTerm > log.lastTerm() || ...;
 * // end of exercise 1.5
 * }</pre>
 *
 * <p>A place is the end of a method's body, or statements that declare nothing that is used after
 * them. An exercise may have several.
 */
final class Marks {
  private static final Pattern BEGIN = Pattern.compile("\\s*// exercise (\\d\\.\\d+): (.+)");
  private static final Pattern END = Pattern.compile("\\s*// end of exercise (\\d\\.\\d+)\\s*");

  /**
   * A place.
   *
   * @param exercise as {@code 1.3}
   * @param number which of the exercise's places in the file it is, from 0
   * @param task what is to be done, from the first of the comment lines
   * @param lines what is between them
   * @param from the first of these in the file, from 0
   */
  record Hole(String exercise, int number, String task, List<String> lines, int from) {
    /** Whether nobody has begun here. */
    boolean isOpen() {
      String todo = "Todo.here(\"" + exercise + "\")";
      return lines.stream().anyMatch(line -> line.contains(todo) && !line.strip().startsWith("//"));
    }
  }

  private final List<String> lines;
  private final List<Hole> holes = new ArrayList<>();

  /**
   * @param file its name, for messages
   * @throws IllegalArgumentException if one of two comment lines is missing
   */
  Marks(String file, String text) {
    lines = text.lines().toList();
    Matcher open = null;
    int from = 0;
    for (int i = 0; i < lines.size(); i++) {
      Matcher begin = BEGIN.matcher(lines.get(i));
      Matcher end = END.matcher(lines.get(i));
      if (begin.matches() && open == null) {
        open = begin;
        from = i + 1;
      } else if (end.matches() && open != null && end.group(1).equals(open.group(1))) {
        add(open.group(1), open.group(2), from, i);
        open = null;
      } else if (begin.matches() || end.matches()) {
        throw alone(file, i);
      }
    }
    if (open != null) {
      throw alone(file, from - 1);
    }
  }

  private void add(String exercise, String task, int from, int to) {
    long number = holes.stream().filter(hole -> hole.exercise().equals(exercise)).count();
    holes.add(new Hole(exercise, (int) number, task, lines.subList(from, to), from));
  }

  private IllegalArgumentException alone(String file, int line) {
    return new IllegalArgumentException(
        String.format(
            "%s, line %d: the comment lines of an exercise come in pairs, this one is alone: %s",
            file, line + 1, lines.get(line).strip()));
  }

  /** In the order of the file. */
  List<Hole> holes() {
    return List.copyOf(holes);
  }

  /** The place that is in this file what another one is in its own. */
  Optional<Hole> like(Hole other) {
    return holes.stream()
        .filter(h -> h.exercise().equals(other.exercise()) && h.number() == other.number())
        .findFirst();
  }

  /** The text without the comment lines. */
  static String strip(String file, String text) {
    return new Marks(file, text).with(1, Hole::lines);
  }

  /** The text with other lines in its places. */
  String fill(Function<Hole, List<String>> filling) {
    return with(0, filling);
  }

  /**
   * @param around how many lines before and after each place are left out
   */
  private String with(int around, Function<Hole, List<String>> filling) {
    List<String> text = new ArrayList<>();
    int at = 0;
    for (Hole hole : holes) {
      text.addAll(lines.subList(at, hole.from() - around));
      text.addAll(filling.apply(hole));
      at = hole.from() + hole.lines().size() + around;
    }
    text.addAll(lines.subList(at, lines.size()));
    return String.join("\n", text) + "\n";
  }
}
