package io.raftlessons.course;

import io.raftlessons.course.Bug.Edit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads a {@code .bug} file: {@link Fields}, UTF-8.
 *
 * <p>Keys: {@code id} (as the file's name), {@code title}, {@code rule}, {@code shipped-in}, {@code
 * file}, {@code find} and {@code replace} (further edits: {@code find-2}, {@code replace-2}, ...),
 * {@code expect} and {@code also} (with commas between), {@code seeds}, {@code text}. All but
 * {@code also} and {@code seeds} are required; only {@code replace} may be empty.
 *
 * <p>{@code seeds} is a {@link Budget}: the lesson's simulation fails on this bug within so many
 * seeds. It is about five times what it took, as 10, 50, 100, 500, ...; 200 if the key is not
 * there; or {@code none, because ...} if no simulated run can show the bug.
 */
public final class BugFile {
  private static final Pattern TEST = Pattern.compile("[a-z][\\w.]*\\.[A-Z][\\w$]*#\\w+");

  private final Path path;
  private final Fields fields;

  private BugFile(Path path) throws IOException {
    this.path = path;
    fields = new Fields(Files.readAllLines(path), 1, this::broken);
  }

  /**
   * @throws BrokenBugException if the file is not as the format says
   */
  public static Bug read(Path path) throws IOException {
    return new BugFile(path).toBug();
  }

  private Bug toBug() {
    Bug bug =
        new Bug(
            path,
            fields.take("id"),
            fields.take("title"),
            fields.take("rule"),
            fields.take("shipped-in"),
            fields.take("file"),
            edits(),
            list(fields.take("expect")),
            fields.has("also") ? list(fields.take("also")) : List.of(),
            fields.has("seeds") ? budget(fields.take("seeds")) : Budget.USUAL,
            fields.take("text"));
    fields.end();
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
    for (int n = 2; fields.has("find-" + n); n++) {
      edits.add(edit("-" + n));
    }
    return edits;
  }

  private Edit edit(String number) {
    String find = fields.take("find" + number);
    String replace = fields.takeIfThere("replace" + number);
    if (replace == null) {
      throw broken("'replace" + number + "' is missing");
    }
    return new Edit(find, replace);
  }

  private Budget budget(String value) {
    return Budget.parse(value)
        .orElseThrow(() -> broken("'seeds' is neither a number nor 'none, because ...': " + value));
  }

  private static List<String> list(String value) {
    return List.of(value.strip().split("\\s*,\\s*"));
  }

  private BrokenBugException broken(String problem) {
    return new BrokenBugException(path, problem);
  }
}
