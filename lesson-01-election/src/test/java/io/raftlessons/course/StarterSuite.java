package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.course.Outcome.Colour;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The starters of a lesson: a subclass per lesson that has exercises. {@code -Ddocs.update=true}
 * makes them anew; what a student has edited is left alone.
 */
public abstract class StarterSuite {
  /** A graded test, {@code package.Class#method}, for each of some exercises. */
  protected abstract List<String> fewTests();

  private static final Logger log = LoggerFactory.getLogger(StarterSuite.class);

  @TempDir Path directory;
  private final Lesson lesson = Lesson.current();

  @Test
  void startersAreAsTheReferenceSays() throws IOException {
    List<StudentPart> parts = StudentPart.of(lesson);
    assertThat(parts).isNotEmpty();
    for (StudentPart part : parts) {
      Path file = part.starterFile();
      String starter = Starter.of(part);
      if (Files.exists(file) && !Starter.isUntouched(Files.readString(file))) {
        log.info("{} is a student's: it is left as it is", file);
      } else {
        if (Boolean.getBoolean("docs.update")) {
          Files.createDirectories(file.getParent());
          Files.writeString(file, starter);
        }
        assertThat(file).as("-Ddocs.update=true makes it").exists();
        assertThat(Files.readString(file).replace("\r\n", "\n"))
            .as("%s; -Ddocs.update=true makes it anew", file)
            .isEqualTo(starter);
      }
    }
  }

  @Test
  void solvedAsTheReferenceDoesTestsAreGreen() throws IOException {
    assertThat(outcomes(exercise -> true)).allMatch(o -> o.colour() == Colour.GREEN);
  }

  /** A submission that names what it may not is not run. */
  @Test
  void solvedAsTheReferenceDoesItMayBeHandedIn() throws IOException {
    writeParts(exercise -> true);
    assertThat(Mine.whileTesting(directory, SubmittedParts::check).why()).isEmpty();
  }

  @Test
  void untouchedNothingIsStarted() throws IOException {
    assertThat(outcomes(exercise -> false))
        .allMatch(o -> o.why().startsWith("NotStarted: exercise " + lesson.number() + "."));
  }

  /** The rest is lent by the reference. */
  @Test
  void halfSolvedTestsAreGreenOrNotStarted() throws IOException {
    List<Outcome> outcomes = outcomes(exercise -> ExerciseId.of(exercise).number() <= 3);
    assertThat(outcomes)
        .allMatch(o -> o.colour() == Colour.GREEN || o.why().startsWith("NotStarted: "))
        .extracting(Outcome::colour)
        .contains(Colour.GREEN, Colour.BROKEN);
  }

  /** The profile {@code hint}: prints the next hint for {@code -Dex=}. */
  @Tag("hint")
  @Test
  void theNextHint() throws IOException {
    ExerciseId exercise = Mine.alone().orElseThrow(() -> new IllegalArgumentException("-Dex=?"));
    if (exercise.isOf(lesson)) {
      Assignment assignment = Assignment.find(Assignment.of(lesson), exercise.toString());
      System.out.print(Hints.in(lesson.directory().resolve("target/hints")).next(assignment));
    }
  }

  private void writeParts(Predicate<String> solved) throws IOException {
    for (StudentPart part : StudentPart.of(lesson)) {
      Path file = directory.resolve(part.file());
      Files.createDirectories(file.getParent());
      Files.writeString(file, Starter.solved(part, solved));
    }
  }

  private List<Outcome> outcomes(Predicate<String> solved) throws IOException {
    writeParts(solved);
    return Mine.whileTesting(
        directory,
        () -> {
          MutantLoader loader = new MutantLoader(Map.of(), StarterSuite.class.getClassLoader());
          return fewTests().stream().map(test -> TestRun.of(test, loader)).toList();
        });
  }

  @Test
  void everyExerciseIsDescribedAndHasAPlace() throws IOException {
    List<String> places = new ArrayList<>();
    for (StudentPart part : StudentPart.of(lesson)) {
      part.asStudents().holes().forEach(hole -> places.add(hole.exercise()));
    }
    List<String> described = Assignment.of(lesson).stream().map(Assignment::id).toList();
    assertThat(places).hasSameElementsAs(described);
    assertThat(described)
        .doesNotHaveDuplicates()
        .allMatch(id -> id.startsWith(lesson.number() + "."))
        .hasSizeBetween(3, 8);
  }
}
