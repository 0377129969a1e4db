package io.raftlessons.docs;

import io.raftlessons.course.Bug;
import io.raftlessons.course.Lesson;
import io.raftlessons.course.RuleBook;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Rules as rows of a table: paper, code, test, bug. */
final class RuleTable {
  static final String HEAD =
      "| id | rule | source | code | tests | bugs |\n|---|---|---|---|---|---|";

  /** As many tests as a reader opens. */
  private static final int MOST_TESTS = 3;

  private final Path root;
  private final Sources sources;
  private final Map<String, Bug> bugs = new TreeMap<>();

  RuleTable(Path root) throws IOException {
    this.root = root;
    sources = new Sources(root);
    for (Lesson lesson : Lesson.all()) {
      for (Bug bug : lesson.publicBugs()) {
        bugs.put(bug.id(), bug);
      }
    }
  }

  /**
   * A row.
   *
   * @param up from the page to the root: "" or "../"
   * @throws DocsException if the rule names code, a test or a bug that is not there
   */
  String row(RuleBook.Entry rule, String up) {
    return String.format(
        "| <a id=\"%s\"></a>%s | %s | %s | %s | %s | %s |",
        rule.id().toLowerCase(java.util.Locale.ROOT),
        rule.id(),
        rule.sentence(),
        rule.section(),
        join(rule.code().stream().map(anchor -> code(rule, anchor, up)).toList()),
        join(tests(rule).stream().map(test -> test(rule, test, up)).toList()),
        join(rule.bugs().stream().map(bug -> bug(rule, bug, up)).toList()));
  }

  private static String join(List<String> cells) {
    return String.join("<br>", cells);
  }

  private String code(RuleBook.Entry rule, String anchor, String up) {
    int hash = anchor.indexOf('#');
    String type = hash < 0 ? anchor : anchor.substring(0, hash);
    Path file = sources.file(type);
    if (hash >= 0 && !sources.source(type).has(anchor.substring(hash + 1))) {
      throw new DocsException(rule.id() + ": no " + anchor);
    }
    String name = type.substring(type.lastIndexOf('/') + 1);
    String shown = hash < 0 ? name : name + "." + anchor.substring(hash + 1);
    return "[`" + shown + "`](" + up + relative(file) + ")";
  }

  /** Those that the rule names, then those that its bugs name, without repetition. */
  private List<String> tests(RuleBook.Entry rule) {
    Set<String> tests = new LinkedHashSet<>(rule.tests());
    for (String id : rule.bugs()) {
      Bug bug = bugs.get(id);
      if (bug != null) {
        tests.add(bug.expect().get(0));
      }
    }
    List<String> first = new ArrayList<>(tests);
    return first.subList(0, Math.min(MOST_TESTS, first.size()));
  }

  private String test(RuleBook.Entry rule, String test, String up) {
    if (!sources.isTest(test)) {
      throw new DocsException(rule.id() + ": no test " + test);
    }
    String type = test.substring(0, test.indexOf('#')).replace('.', '/');
    String name = type.substring(type.lastIndexOf('/') + 1) + test.substring(test.indexOf('#'));
    return "[`" + name + "`](" + up + relative(sources.file(type)) + ")";
  }

  private String bug(RuleBook.Entry rule, String id, String up) {
    Bug bug = bugs.get(id);
    if (bug == null) {
      throw new DocsException(rule.id() + ": no bug " + id);
    }
    return "[" + id + "](" + up + relative(bug.bugFile()) + ")";
  }

  private String relative(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  /** Bugs that no rule names. */
  List<String> bugsWithoutRule(RuleBook book) {
    Set<String> named =
        book.all().stream().flatMap(rule -> rule.bugs().stream()).collect(Collectors.toSet());
    return bugs.keySet().stream().filter(id -> !named.contains(id)).toList();
  }
}
