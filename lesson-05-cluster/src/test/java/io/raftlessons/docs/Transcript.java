package io.raftlessons.docs;

import io.raftlessons.course.Bug;
import io.raftlessons.course.BugRun;
import io.raftlessons.course.Lesson;
import io.raftlessons.course.MutantCompiler;
import io.raftlessons.course.TestOutput;
import io.raftlessons.script.Command;
import io.raftlessons.script.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code <!-- run WHAT ... -->}: what a command prints. All of them run in this JVM and, tests
 * excepted, say the same each time.
 *
 * <ul>
 *   <li>{@code script LESSON/NAME} with {@code blocks="2-3"}: these blocks of a scenario script.
 *       Its own suite replays it.
 *   <li>{@code play LESSON setup="command; command" do="command; command"}: a script of its own on
 *       the servers of a lesson, told from {@code do} on.
 *   <li>{@code bug ID PACKAGE.CLASS#METHOD}: what this test says of this bug.
 *   <li>{@code hole 1.3 PACKAGE.CLASS#METHOD}: what it says while that exercise is not begun.
 *   <li>{@code seed SCENARIO N}: the end of a simulated run, with {@code show="text|text"} only the
 *       lines that have one of these texts.
 *   <li>{@code measure WHAT}: see {@link Measures}.
 *   <li>{@code test PACKAGE.CLASS#METHOD}: what this test prints. With {@code varies="text|text"},
 *       expressions, a block that differs in these only stays as it is.
 * </ul>
 *
 * With {@code lines="8"} an ellipsis follows the eighth line.
 */
final class Transcript implements AutoCloseable {
  private static final int MAX_WIDTH = 110;

  private final Path root;
  private @Nullable MutantCompiler compiler;
  private final Map<String, Bug> bugs = new TreeMap<>();
  private final Map<String, Lesson> lessons = new LinkedHashMap<>();

  Transcript(Path root) {
    this.root = root;
  }

  /** The fence and what is in it. */
  List<String> generate(Directive directive) throws IOException {
    List<String> output =
        switch (directive.word(0, "what to run")) {
          case "script" -> script(directive);
          case "bug" -> bug(directive);
          case "hole" -> hole(directive);
          case "play" ->
              Plays.play(
                  directive.word(1, "the lesson"),
                  directive.values().getOrDefault("setup", ""),
                  directive.values().getOrDefault("do", ""));
          case "measure" -> Measures.take(directive.word(1, "what"));
          case "seed" -> seed(directive);
          case "test" -> test(directive.word(1, "PACKAGE.CLASS#METHOD"));
          default -> throw new DocsException("nobody knows how to run " + directive.words());
        };
    int max = directive.number("lines", Integer.MAX_VALUE);
    List<String> block = new ArrayList<>();
    block.add(output.get(0).startsWith("$ ") ? "```console" : "```text");
    for (String line : output.subList(0, Math.min(max, output.size()))) {
      if (line.length() <= MAX_WIDTH) {
        block.add(line);
      } else if (line.startsWith("$ ")) {
        int end = line.lastIndexOf(' ', MAX_WIDTH - 2);
        block.add(line.substring(0, end) + " \\");
        block.add("    " + line.substring(end + 1));
      } else {
        block.add(line.substring(0, MAX_WIDTH - 3) + "...");
      }
    }
    if (output.size() > max) {
      block.add("...");
    }
    block.add("```");
    return block;
  }

  private List<String> script(Directive directive) throws IOException {
    String name = directive.word(1, "LESSON/NAME");
    int slash = name.indexOf('/');
    if (slash < 0) {
      throw new DocsException("LESSON/NAME, not " + name);
    }
    Path file =
        root.resolve(name.substring(0, slash))
            .resolve("src/test/scripts")
            .resolve(name.substring(slash + 1) + ".script");
    if (!Files.isRegularFile(file)) {
      throw new DocsException("no script " + name);
    }
    Script script = Script.parse(name, Files.readString(file));
    int[] range = range(directive.values().getOrDefault("blocks", ""), script.blocks().size());
    List<String> lines = new ArrayList<>();
    for (Script.Block block : script.blocks().subList(range[0] - 1, range[1])) {
      if (!lines.isEmpty()) {
        lines.add("");
      }
      block.commands().stream().map(Command::text).forEach(lines::add);
      lines.add("----");
      lines.addAll(block.expected());
    }
    return lines;
  }

  private static int[] range(String text, int last) {
    String[] ends = (text.isEmpty() ? "1-" + last : text).split("-");
    int from = Integer.parseInt(ends[0]);
    int to = Integer.parseInt(ends[ends.length - 1]);
    if (from < 1 || to < from || to > last) {
      throw new DocsException("blocks=\"" + text + "\": there are " + last);
    }
    return new int[] {from, to};
  }

  private List<String> bug(Directive directive) throws IOException {
    String id = directive.word(1, "the bug's id");
    String test = directive.word(2, "PACKAGE.CLASS#METHOD");
    readBugs();
    Bug bug = bugs.get(id);
    Lesson lesson = lessons.get(id);
    if (bug == null || lesson == null) {
      throw new DocsException("no bug " + id);
    }
    List<String> lines = new ArrayList<>();
    lines.add("$ ./mvnw -q -pl " + lesson.name() + " -am -Pbug -Dbug=" + id + " test");
    lines.add("RED    " + test);
    lines.addAll(failure(lesson, bug, test));
    return lines;
  }

  private List<String> hole(Directive directive) throws IOException {
    String exercise = directive.word(1, "the exercise");
    String test = directive.word(2, "PACKAGE.CLASS#METHOD");
    for (Lesson lesson : Lesson.all()) {
      if (lesson.name().startsWith("lesson-0" + exercise.charAt(0))) {
        List<String> lines = new ArrayList<>();
        lines.add(test);
        lines.addAll(failure(lesson, Holes.open(lesson, exercise), test));
        return lines;
      }
    }
    throw new DocsException("no lesson has exercise " + exercise);
  }

  private List<String> failure(Lesson lesson, Bug bug, String test) throws IOException {
    if (compiler == null) {
      compiler = new MutantCompiler();
    }
    try {
      return Failure.lines(
          BugRun.failure(compiler, lesson, bug, test)
              .orElseThrow(() -> new DocsException(test + " passes on " + bug.id())));
    } catch (IllegalArgumentException e) {
      throw new DocsException(String.valueOf(e.getMessage()));
    }
  }

  private void readBugs() throws IOException {
    if (bugs.isEmpty()) {
      for (Lesson lesson : Lesson.all()) {
        for (Bug bug : lesson.publicBugs()) {
          bugs.put(bug.id(), bug);
          lessons.put(bug.id(), lesson);
        }
      }
    }
  }

  private static List<String> seed(Directive directive) {
    String scenario = directive.word(1, "the scenario");
    long seed = Long.parseLong(directive.word(2, "the seed"));
    List<String> show = List.of(directive.values().getOrDefault("show", "").split("\\|"));
    List<String> lines = new ArrayList<>();
    Seeds.run(scenario, seed).stream()
        .filter(line -> lines.isEmpty() || show.stream().anyMatch(line::contains))
        .forEach(lines::add);
    return lines;
  }

  private static List<String> test(String test) {
    List<String> lines;
    try {
      lines = TestOutput.lines(test);
    } catch (IllegalArgumentException e) {
      throw new DocsException(String.valueOf(e.getMessage()));
    }
    if (lines.isEmpty()) {
      throw new DocsException(test + " prints nothing");
    }
    return lines;
  }

  @Override
  public void close() throws IOException {
    if (compiler != null) {
      compiler.close();
    }
  }
}
