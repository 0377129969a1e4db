package io.raftlessons.course;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a student's class from the reference: everything but what is between {@link Marks}, where
 * {@link Todo#here} and what to do come instead.
 *
 * <p>Its first line has a hash of all that follows, so that one that a student has edited is known.
 */
final class Starter {
  private static final Pattern HEAD =
      Pattern.compile("// Yours to write: .*\\(starter ([0-9a-f]{16})\\)\\R");

  private static final Pattern RETURNS_VALUE = Pattern.compile("\\breturn [^;]|\\breturn\\R");

  private Starter() {}

  static String of(StudentPart part) throws IOException {
    List<Assignment> assignments = Assignment.of(part.lesson());
    String body =
        withImport(
            part.asStudents()
                .fill(hole -> open(hole, Assignment.find(assignments, hole.exercise()))));
    return String.format(
            "// Yours to write: lesson %s, %s. (starter %s)%n",
            part.lesson().number(), exercises(part), hash(body))
        + body;
  }

  private static String withImport(String source) {
    String todo = "import " + Todo.class.getName() + ";";
    List<String> lines = new ArrayList<>(source.lines().toList());
    int at = 0;
    while (!lines.get(at).startsWith("import ") || lines.get(at).compareTo(todo) < 0) {
      at++;
    }
    lines.add(at, todo);
    return String.join("\n", lines) + "\n";
  }

  private static String exercises(StudentPart part) throws IOException {
    List<String> ids =
        part.asStudents().holes().stream().map(Marks.Hole::exercise).distinct().sorted().toList();
    String last = ids.get(ids.size() - 1);
    if (ids.size() == 1) {
      return "exercise " + last;
    }
    int span = ExerciseId.of(last).number() - ExerciseId.of(ids.get(0)).number();
    return "exercises "
        + (span == ids.size() - 1 && span > 1
            ? ids.get(0) + " to "
            : String.join(", ", ids.subList(0, ids.size() - 1)) + " and ")
        + last;
  }

  private static List<String> open(Marks.Hole hole, Assignment assignment) {
    String indent = hole.lines().get(0).replaceAll("\\S.*", "");
    String todo = "Todo.here(\"" + hole.exercise() + "\");";
    boolean returns = RETURNS_VALUE.matcher(String.join("\n", hole.lines())).find();
    List<String> lines = new ArrayList<>();
    lines.add(indent + "// " + assignment.summary());
    lines.add(indent + (returns ? "return " : "") + todo);
    return lines;
  }

  /**
   * The starter with exercises solved as the reference does.
   *
   * @param solved which
   */
  static String solved(StudentPart part, Predicate<String> solved) throws IOException {
    Marks reference = part.asStudents();
    return new Marks(part.name(), of(part))
        .fill(
            hole ->
                solved.test(hole.exercise())
                    ? reference.like(hole).orElseThrow().lines()
                    : hole.lines());
  }

  /** Whether this is as it was made, by whatever reference. */
  static boolean isUntouched(String text) {
    Matcher head = HEAD.matcher(text);
    return head.lookingAt() && head.group(1).equals(hash(text.substring(head.end())));
  }

  private static String hash(String body) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(body.replace("\r\n", "\n").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
