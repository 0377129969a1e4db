package io.raftlessons.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** A lesson's text, {@code lesson-0N-.../README.md}: its sections, its length, its words. */
final class Chapter {
  /** In this order; a heading may go on after these words. */
  private static final List<String> SECTIONS =
      List.of(
          "What breaks today",
          "By the end you can",
          "Two-minute run",
          "The idea in one picture",
          "Predict",
          "Rules",
          "Build it",
          "Break it",
          "Your turn",
          "Bug hunt",
          "Checkpoint quiz",
          "What production does",
          "What changed",
          "Next");

  /** They tell a reader who is stuck that it is easy. */
  private static final Pattern NEVER =
      Pattern.compile(
          "\\b(simply|just|obviously|trivially|of course)\\b", Pattern.CASE_INSENSITIVE);

  private final Page page;
  private final int lesson;

  Chapter(Page page, int lesson) {
    this.page = page;
    this.lesson = lesson;
  }

  /** What is wrong, a line each. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    sections(problems);
    int words = words();
    int least = lesson == 1 ? 1_500 : 3_000;
    int most = lesson == 1 ? 2_500 : 4_000;
    if (words < least || words > most) {
      problems.add(String.format("%s: %d words, not %d to %d", page.path(), words, least, most));
    }
    for (Page.Line line : page.prose()) {
      if (NEVER.matcher(withoutCode(line.text())).find()) {
        problems.add(page.at(line) + ": say how, not that it is easy: " + line.text().strip());
      }
    }
    return problems;
  }

  private void sections(List<String> problems) {
    List<String> headings =
        page.prose().stream()
            .map(Page.Line::text)
            .filter(line -> line.startsWith("## "))
            .map(line -> line.substring(3).strip().toLowerCase(Locale.ROOT))
            .toList();
    int next = 0;
    for (String section : SECTIONS) {
      int at = next;
      while (at < headings.size()
          && !headings.get(at).startsWith(section.toLowerCase(Locale.ROOT))) {
        at++;
      }
      if (at < headings.size()) {
        next = at + 1;
      } else if (!(lesson == 1 && section.equals("What changed"))) {
        problems.add(page.path() + ": no section \"" + section + "\" where it belongs");
      }
    }
  }

  /** Of the prose: what is generated, and tables, are not read word by word. */
  int words() {
    int words = 0;
    for (Page.Line line : page.prose()) {
      if (!line.text().strip().startsWith("|")) {
        String text = line.text().replaceAll("\\]\\([^)]*\\)", "]").replaceAll("<[^>]*>", " ");
        words +=
            (int)
                Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}'.-]*").matcher(text).results().count();
      }
    }
    return words;
  }

  private static String withoutCode(String line) {
    return line.replaceAll("`[^`]*`", "").replaceAll("\"[^\"]*\"", "");
  }
}
