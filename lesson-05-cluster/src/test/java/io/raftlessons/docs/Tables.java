package io.raftlessons.docs;

import io.raftlessons.course.RuleBook;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code <!-- table rules ID ID ... -->}: rows of the rule book. {@code RV-1..RV-3} are all from
 * the one to the other.
 */
final class Tables {
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
}
