package io.raftlessons.course;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules of Raft as this project words them: every line of Figure 2 and Figure 13, those of the
 * thesis about members, and what no figure says. They are in {@code rules.txt}: a line {@code ID
 * section}, and below it, indented, a sentence, then {@code code: file#member}, {@code test:
 * package.Class#method} and {@code bugs: ID, ID}. A line {@code == title} begins a chapter.
 */
public final class RuleBook {
  /**
   * A rule.
   *
   * @param id as {@code RV-2}; stays for ever
   * @param section of the paper, or of the thesis where it says so
   * @param sentence what holds
   * @param code where, as {@code package/Class#member} or {@code package/Class} below {@code
   *     io.raftlessons}
   * @param tests that watch it, besides those that its bugs name
   * @param bugs that break it
   */
  public record Entry(
      String id,
      String chapter,
      String section,
      String sentence,
      List<String> code,
      List<String> tests,
      List<String> bugs) {
    public Entry {
      code = List.copyOf(code);
      tests = List.copyOf(tests);
      bugs = List.copyOf(bugs);
    }
  }

  private static final Pattern HEAD = Pattern.compile("([A-Z]{2,3}-\\d+)  (\\S.*)");
  private static final Pattern LINE = Pattern.compile("    (?:(code|test|bugs): )?(\\S.*)");

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private RuleBook() {}

  /** The rules of this project. */
  public static RuleBook read() {
    try (InputStream in = RuleBook.class.getResourceAsStream("rules.txt")) {
      if (in == null) {
        throw new IllegalStateException("rules.txt is not on the class path");
      }
      return parse(
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RuleBook parse(List<String> lines) {
    RuleBook book = new RuleBook();
    String chapter = "";
    Reading rule = null;
    for (String line : lines) {
      Matcher head = HEAD.matcher(line);
      Matcher more = LINE.matcher(line);
      if (line.startsWith("== ")) {
        chapter = line.substring(3);
      } else if (head.matches()) {
        book.add(rule);
        rule = new Reading(head.group(1), chapter, head.group(2));
      } else if (rule != null && more.matches()) {
        rule.add(more.group(1), more.group(2));
      } else if (!line.isBlank()) {
        throw new IllegalArgumentException("rules.txt: " + line);
      }
    }
    book.add(rule);
    return book;
  }

  private void add(@Nullable Reading rule) {
    if (rule != null && entries.put(rule.id, rule.entry()) != null) {
      throw new IllegalArgumentException("rules.txt: " + rule.id + " is there twice");
    }
  }

  /** In the order of the file. */
  public List<Entry> all() {
    return List.copyOf(entries.values());
  }

  /** The rule of this id, if there is one. */
  public Optional<Entry> find(String id) {
    return Optional.ofNullable(entries.get(id));
  }

  private static final class Reading {
    final String id;
    private final String chapter;
    private final String section;
    private final List<String> sentence = new ArrayList<>();
    private final List<String> code = new ArrayList<>();
    private final List<String> tests = new ArrayList<>();
    private final List<String> bugs = new ArrayList<>();

    Reading(String id, String chapter, String section) {
      this.id = id;
      this.chapter = chapter;
      this.section = section;
    }

    void add(@Nullable String key, String value) {
      if (key == null) {
        sentence.add(value);
      } else {
        switch (key) {
          case "code" -> code.add(value);
          case "test" -> tests.add(value);
          default -> bugs.addAll(List.of(value.split("\\s*,\\s*")));
        }
      }
    }

    Entry entry() {
      if (sentence.isEmpty() || code.isEmpty() || (tests.isEmpty() && bugs.isEmpty())) {
        throw new IllegalArgumentException(
            "rules.txt: " + id + " lacks its sentence, its code, or a test and a bug");
      }
      return new Entry(id, chapter, section, String.join(" ", sentence), code, tests, bugs);
    }
  }
}
