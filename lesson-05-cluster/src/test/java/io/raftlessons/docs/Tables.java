package io.raftlessons.docs;

import io.raftlessons.course.Lesson;
import io.raftlessons.course.RuleBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code <!-- table rules ID ID ... -->}: rows of the rule book; {@code AE-1..AE-3} are all from
 * the one to the other. {@code <!-- table exercises 1 -->}: the exercises of a lesson, from its
 * {@code src/exercise/exercises.txt}.
 */
final class Tables {
  private static final Pattern FIELD = Pattern.compile("([a-z]+): (.*)");

  private final Path root;
  private @Nullable RuleTable rules;

  Tables(Path root) {
    this.root = root;
  }

  /**
   * @param page from the root: its links begin there
   */
  List<String> generate(Directive directive, Path page) throws IOException {
    String up = "../".repeat(page.getNameCount() - 1);
    return switch (directive.words().get(0)) {
      case "exercises" -> exercises(directive.word(1, "the lesson"), up);
      case "rules" -> rules(directive.words().subList(1, directive.words().size()), up);
      default -> throw new DocsException("no table " + directive.words());
    };
  }

  private List<String> rules(List<String> names, String up) throws IOException {
    if (rules == null) {
      rules = new RuleTable(root);
    }
    List<String> rows = new ArrayList<>(RuleTable.HEAD.lines().toList());
    for (String name : names) {
      for (RuleBook.Entry rule : range(name)) {
        rows.add(rules.row(rule, up));
      }
    }
    return rows;
  }

  private static List<RuleBook.Entry> range(String name) {
    List<RuleBook.Entry> all = RuleBook.read().all();
    String[] ends = name.split("\\.\\.");
    int from = indexOf(all, ends[0]);
    int to = indexOf(all, ends[ends.length - 1]);
    if (to < from) {
      throw new DocsException("no rules from " + ends[0] + " to " + ends[1]);
    }
    return all.subList(from, to + 1);
  }

  private static int indexOf(List<RuleBook.Entry> rules, String id) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).id().equals(id)) {
        return i;
      }
    }
    throw new DocsException("no rule " + id);
  }

  private List<String> exercises(String lesson, String up) throws IOException {
    List<String> rows = new ArrayList<>();
    rows.add("| exercise | what | rules | stars | minutes |");
    rows.add("|---|---|---|---|---|");
    for (Map<String, String> exercise : read(lesson)) {
      rows.add(
          String.format(
              "| %s | %s | %s | %s | %s |",
              exercise.get("id"),
              exercise.get("title"),
              links(exercise.getOrDefault("rules", ""), up),
              "\u2605".repeat(Integer.parseInt(exercise.getOrDefault("stars", "1"))),
              exercise.get("minutes")));
    }
    return rows;
  }

  private static String links(String ids, String up) {
    List<String> links = new ArrayList<>();
    for (String id : ids.split("\\s*,\\s*")) {
      if (RuleBook.read().find(id).isEmpty()) {
        throw new DocsException("no rule " + id);
      }
      links.add("[" + id + "](" + up + "docs/figure2.md#" + id.toLowerCase(Locale.ROOT) + ")");
    }
    return String.join(", ", links);
  }

  /** The fields of one line each; hints are blocks and stay folded. */
  private List<Map<String, String>> read(String lesson) throws IOException {
    List<Map<String, String>> exercises = new ArrayList<>();
    for (Lesson each : Lesson.all()) {
      Path file = each.directory().resolve("src/exercise/exercises.txt");
      if (each.name().startsWith("lesson-0" + lesson) && Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          Matcher field = FIELD.matcher(line);
          if (field.matches() && field.group(1).equals("id")) {
            exercises.add(new TreeMap<>());
          }
          if (field.matches()) {
            exercises.get(exercises.size() - 1).put(field.group(1), field.group(2));
          }
        }
      }
    }
    if (exercises.isEmpty()) {
      throw new DocsException("lesson " + lesson + " has no exercises");
    }
    return exercises;
  }
}
