package io.raftlessons.course;

import io.raftlessons.course.Bug.Edit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a {@code .bug} file: lines {@code key: value}, UTF-8. A value may be a block instead:
 * nothing after the colon, and the lines below it indented by four spaces, which do not belong to
 * it.
 *
 * <p>Keys: {@code id} (as the file's name), {@code title}, {@code rule}, {@code shipped-in}, {@code
 * file}, {@code find} and {@code replace} (further edits: {@code find-2}, {@code replace-2}, ...),
 * {@code expect} and {@code also} (with commas between), {@code text}. All but {@code also} are
 * required; only {@code replace} may be empty.
 */
public final class BugFile {
  private static final Pattern LINE = Pattern.compile("([a-z]+(?:-[a-z]+)?(?:-[0-9]+)?):(.*)");
  private static final Pattern TEST = Pattern.compile("[a-z][\\w.]*\\.[A-Z][\\w$]*#\\w+");
  private static final String INDENT = "    ";

  private final Path path;
  private final Map<String, String> values = new LinkedHashMap<>();

  private BugFile(Path path) {
    this.path = path;
  }

  /**
   * @throws BrokenBugException if the file is not as the format says
   */
  public static Bug read(Path path) throws IOException {
    BugFile file = new BugFile(path);
    file.parse(Files.readAllLines(path));
    return file.toBug();
  }

  private void parse(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank()) {
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw broken("line " + (i + 1) + " is neither 'key: value' nor part of a block: " + line);
      }
      String value = matcher.group(2).strip();
      if (value.isEmpty()) {
        List<String> block = block(lines.subList(i + 1, lines.size()));
        i += block.size();
        value = String.join("\n", block).stripTrailing();
      }
      if (values.put(matcher.group(1), value) != null) {
        throw broken("line " + (i + 1) + ": a second '" + matcher.group(1) + "'");
      }
    }
  }

  private static List<String> block(List<String> lines) {
    List<String> block = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith(INDENT)) {
        block.add(line.substring(INDENT.length()));
      } else if (line.isBlank()) {
        block.add("");
      } else {
        break;
      }
    }
    return block;
  }

  private Bug toBug() {
    Bug bug =
        new Bug(
            path,
            take("id"),
            take("title"),
            take("rule"),
            take("shipped-in"),
            take("file"),
            edits(),
            list(take("expect")),
            values.containsKey("also") ? list(take("also")) : List.of(),
            take("text"));
    if (!values.isEmpty()) {
      throw broken("unknown: " + new TreeSet<>(values.keySet()));
    }
    if (!(bug.id() + ".bug").equals(String.valueOf(path.getFileName()))) {
      throw broken("the id is " + bug.id() + ", the file's name is not");
    }
    for (String test : bug.expect()) {
      if (!TEST.matcher(test).matches()) {
        throw broken("no test is named so, package.Class#method is: " + test);
      }
    }
    return bug;
  }

  private List<Edit> edits() {
    List<Edit> edits = new ArrayList<>();
    edits.add(edit(""));
    for (int n = 2; values.containsKey("find-" + n); n++) {
      edits.add(edit("-" + n));
    }
    return edits;
  }

  private Edit edit(String number) {
    String find = take("find" + number);
    String replace = values.remove("replace" + number);
    if (replace == null) {
      throw broken("'replace" + number + "' is missing");
    }
    return new Edit(find, replace);
  }

  private String take(String key) {
    String value = values.remove(key);
    if (value == null || value.isEmpty()) {
      throw broken("'" + key + "' is missing");
    }
    return value;
  }

  private static List<String> list(String value) {
    return List.of(value.strip().split("\\s*,\\s*"));
  }

  private BrokenBugException broken(String problem) {
    return new BrokenBugException(path, problem);
  }
}
