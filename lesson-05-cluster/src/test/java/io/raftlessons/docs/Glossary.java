package io.raftlessons.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The nouns of the chapters, from {@code docs/glossary.md}. */
final class Glossary {
  private static final Pattern ROW =
      Pattern.compile("\\| <a id=\"([a-z-]+)\"></a>([^|]+) \\| ([^|]*) \\| ([^|]*) \\|([^|]*)\\|");

  private static final Pattern BOLD = Pattern.compile("\\*\\*([^*]+)\\*\\*");

  private final Page page;
  private final Set<String> terms = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();

  Glossary(Page page) {
    this.page = page;
    String before = "";
    for (Page.Line line : page.prose()) {
      if (line.text().startsWith("| <a ")) {
        String term = check(line);
        if (term.compareToIgnoreCase(before) <= 0) {
          problems.add(page.at(line) + ": not in order: " + term);
        }
        before = term;
        terms.add(term.toLowerCase(Locale.ROOT));
      }
    }
  }

  private String check(Page.Line line) {
    Matcher row = ROW.matcher(line.text());
    if (!row.matches()) {
      problems.add(page.at(line) + ": not a row of the glossary");
      return line.text();
    }
    if (row.group(3).codePoints().noneMatch(Character::isIdeographic)) {
      problems.add(page.at(line) + ": no Chinese for " + row.group(2));
    }
    if (!row.group(4).endsWith(".")) {
      problems.add(page.at(line) + ": no sentence for " + row.group(2));
    }
    return row.group(2);
  }

  /** What is wrong with the glossary, a line each. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** Nouns that a chapter introduces, in bold, and that are not here. */
  List<String> missing(Page chapter) {
    List<String> missing = new ArrayList<>();
    for (Page.Line line : chapter.prose()) {
      Matcher bold = BOLD.matcher(line.text());
      while (bold.find()) {
        String noun = bold.group(1).toLowerCase(Locale.ROOT);
        if (!terms.contains(noun) && !terms.contains(noun.replaceFirst("s$", ""))) {
          missing.add(chapter.at(line) + ": not in the glossary: " + bold.group(1));
        }
      }
    }
    return missing;
  }
}
