package io.raftlessons.script;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.course.trace.LessonTraces;
import io.raftlessons.course.trace.Recording;
import io.raftlessons.course.trace.RunRecorder;
import io.raftlessons.sim.Violation;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Replays scripts and compares their traces. With {@code -Dscripts.update=true} the traces in the
 * files are written instead: read the difference before you believe it.
 */
public abstract class ScriptSuite {
  /** The lesson whose scripts these are: the directory that holds them. */
  public abstract String lesson();

  /** Whose servers replay them. */
  protected abstract Server.Factory servers();

  protected abstract Commands commands();

  protected abstract Wording wording();

  /** A script without a test of its own would pass without being replayed. */
  @Test
  void everyScriptHasATestOfItsName() throws IOException {
    List<String> tests = new ArrayList<>();
    for (Class<?> type = getClass(); type != null; type = type.getSuperclass()) {
      for (Method method : type.getDeclaredMethods()) {
        tests.add(method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
      }
    }
    assertThat(scripts(lesson())).isNotEmpty();
    for (Path file : scripts(lesson())) {
      assertThat(tests).contains(file.getFileName().toString().replace(".script", ""));
    }
  }

  /**
   * Replays a script.
   *
   * @param script the file's name without ".script"
   */
  protected final void replay(String script) throws IOException {
    String name = script + ".script";
    Path file = directory(lesson()).resolve(name);
    Script parsed = Script.parse(name, Files.readString(file));
    List<List<String>> traces = playOrShow(script, parsed);
    if (Boolean.getBoolean("scripts.update") && isOwnLesson()) {
      Files.writeString(file, parsed.with(traces));
      return;
    }
    List<String> differences = new ArrayList<>();
    int first = -1;
    for (int i = 0; i < traces.size(); i++) {
      Script.Block block = parsed.blocks().get(i);
      difference(name, block, traces.get(i)).ifPresent(differences::add);
      first = first < 0 && !differences.isEmpty() ? i : first;
    }
    if (first >= 0) {
      Recording run = record(parsed);
      String otherwise = "the script says otherwise from here on: " + differences.get(0).strip();
      differences.add(
          ScriptTraces.keep(this, script, run, "OtherTrace", otherwise, run.stepOfBlock(first)));
    }
    if (!differences.isEmpty()) {
      throw new AssertionError(String.join("\n", differences));
    }
  }

  /** What stops a script before its end is shown on a page too. */
  private List<List<String>> playOrShow(String name, Script script) {
    try {
      return play(script);
    } catch (ScriptException | Violation broken) {
      Recording run = record(script);
      String rule = broken instanceof Violation violation ? violation.rule() : "ScriptEnds";
      String why = String.valueOf(broken.getMessage());
      String page = ScriptTraces.keep(this, name, run, rule, why, run.size() - 1);
      throw new AssertionError(why + "\n" + page, broken);
    }
  }

  /** On the servers of later lessons the trace must be the same, so they never write it. */
  private boolean isOwnLesson() {
    return Path.of("").toAbsolutePath().endsWith(lesson());
  }

  /** The lines that differ: what the script says, what happened. */
  static Optional<String> difference(String file, Script.Block block, List<String> trace) {
    return block.expected().equals(trace)
        ? Optional.empty()
        : Optional.of(new TraceDifference(block.expected(), trace).text(file, block.line()));
  }

  /** The traces of a script, one for each block. */
  public final List<List<String>> play(Script script) {
    return play(script, new Stage(servers(), wording()));
  }

  private List<List<String>> play(Script script, Stage stage) {
    Commands commands = commands();
    List<List<String>> traces = new ArrayList<>();
    for (Script.Block block : script.blocks()) {
      stage.record(r -> r.block(block.prose()));
      for (Command command : block.commands()) {
        stage.record(r -> r.does(command.name(), command.text()));
        commands.run(stage, command);
      }
      traces.add(stage.trace().take());
    }
    return traces;
  }

  /** Plays a script, as far as it goes, and records it; what is not told too. */
  final Recording record(Script script) {
    Stage stage = new Stage(servers(), wording());
    RunRecorder recorder = stage.record();
    recorder.say(script.prose());
    try {
      play(script, stage);
    } catch (ScriptException | Violation broken) {
      recorder.say(List.of(String.valueOf(broken.getMessage())));
    }
    return recorder.recording(List.of());
  }

  /** Plays a script of this lesson, for a page or a figure. */
  public final LessonTraces.Shown show(String script) throws IOException {
    String name = script + ".script";
    Script parsed = Script.parse(name, Files.readString(directory(lesson()).resolve(name)));
    return new LessonTraces.Shown(parsed.title(), record(parsed));
  }

  /** The scripts of a lesson, by name. */
  public static List<Path> scripts(String lesson) throws IOException {
    try (Stream<Path> files = Files.list(directory(lesson))) {
      return files.sorted().toList();
    }
  }

  private static Path directory(String lesson) {
    return root().resolve(lesson).resolve("src/test/scripts");
  }

  /** The directory that holds the lessons. */
  public static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("mvnw"))) {
      directory = requireNonNull(directory.getParent(), "no mvnw above the working directory");
    }
    return directory;
  }
}
