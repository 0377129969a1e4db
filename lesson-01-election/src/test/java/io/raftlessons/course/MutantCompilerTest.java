package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.course.Bug.Edit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the text of a bug to the classes of a mutant, and why there may be none. */
class MutantCompilerTest {
  @TempDir Path directory;

  @Test
  void allClassesOfTheFileComeAnewAndNoOther() throws Exception {
    Map<String, byte[]> classes = compile(in("core/RaftCore.java", "role = Role.CANDIDATE;", ";"));
    assertThat(classes)
        .containsKeys("io.raftlessons.core.RaftCore", "io.raftlessons.core.RaftCore$Work");
    assertThat(classes.keySet()).allMatch(name -> name.startsWith("io.raftlessons.core.RaftCore"));
  }

  @Test
  void theLoaderMixesTheMutantWithTheRest() throws Exception {
    Bug bug = in("core/Role.java", "LEADER", "LEADER, BYSTANDER");
    ClassLoader here = MutantCompilerTest.class.getClassLoader();
    ClassLoader mutant = new MutantLoader(compile(bug), here);
    Class<?> role = mutant.loadClass("io.raftlessons.core.Role");
    assertThat(role.getEnumConstants()).hasSize(4);
    Class<?> user = mutant.loadClass("io.raftlessons.core.RaftCore");
    assertThat(user.getClassLoader()).isSameAs(mutant);
    assertThat(user.getMethod("role").getReturnType()).isSameAs(role);
    assertThat(mutant.loadClass("io.raftlessons.core.StepTest").getClassLoader()).isSameAs(mutant);
    assertThat(mutant.loadClass(Test.class.getName())).isSameAs(Test.class);
    assertThatThrownBy(() -> mutant.loadClass("io.raftlessons.core.Nothing"))
        .isInstanceOf(ClassNotFoundException.class);
  }

  @Test
  void anEditMatchesExactlyOnce() {
    assertBroken(in("core/Role.java", "MONARCH", "x"), "matches 0 times in core/Role.java");
    assertBroken(
        in("core/RaftCore.java", "votedFor", "x"), "times in core/RaftCore.java, not once");
    assertBroken(in("core/Role.java", "LEADER", "LEADER"), "changes nothing in core/Role.java");
  }

  @Test
  void laterEditsSeeTheEarlierOnes() {
    Bug bug =
        with("core/Role.java", List.of(new Edit("LEADER", "CHIEF"), new Edit("CHIEF", "BOSS")));
    assertThat(bug.mutate("enum Role { LEADER }")).isEqualTo("enum Role { BOSS }");
  }

  @Test
  void whatDoesNotCompileIsToldInTheCompilersWords() {
    assertBroken(
        in("core/Role.java", "LEADER", "LEADER }"), "does not compile: line", "class, interface");
    assertBroken(
        in("core/RaftCore.java", "role = Role.CANDIDATE;", "role = Role.NOBODY;"),
        "cannot find symbol",
        "NOBODY");
  }

  @Test
  void aFileThatIsNotThereIsToldWithTheLesson() {
    assertBroken(in("core/Nothing.java", "a", "b"), Lesson.current().name(), "core/Nothing.java");
  }

  @Test
  void aFileMayBeOfAnEarlierLessonButNotOfALaterOne() throws IOException {
    for (int i = 1; i <= 3; i++) {
      Path source =
          directory.resolve("lesson-0" + i + "/src/main/java/io/raftlessons/p" + i + "/C.java");
      Files.createDirectories(source.getParent());
      Files.writeString(source, "class C" + i + " {}\r\n");
    }
    Lesson second = Lesson.in(directory).get(1);
    assertThat(second.source(in("p1/C.java", "", ""))).isEqualTo("class C1 {}\n");
    assertThat(second.source(in("p2/C.java", "", ""))).isEqualTo("class C2 {}\n");
    assertThatThrownBy(() -> second.source(in("p3/C.java", "", "")))
        .isInstanceOf(BrokenBugException.class)
        .hasMessageContaining("neither lesson-02 nor a lesson before it has p3/C.java");
  }

  @Test
  void instructorsHaveBugsOfTheirOwn() throws IOException {
    Path bugs = directory.resolve("lesson-01/src/test/bugs");
    Files.createDirectories(bugs.resolve("private"));
    Files.writeString(bugs.resolve("X01.bug"), BugFileTest.COMPLETE);
    String secret = BugFileTest.COMPLETE.replace("id: X01", "id: X02");
    Files.writeString(bugs.resolve("private/X02.bug"), secret);
    Lesson lesson = Lesson.in(directory).get(0);
    assertThat(lesson.publicBugs()).extracting(Bug::id).containsExactly("X01");
    assertThat(lesson.bugs()).extracting(Bug::id).containsExactly("X01", "X02");
  }

  private static Map<String, byte[]> compile(Bug bug) throws IOException {
    try (MutantCompiler compiler = new MutantCompiler()) {
      return compiler.compile(Lesson.current(), bug);
    }
  }

  private void assertBroken(Bug bug, String... problem) {
    assertThatThrownBy(() -> compile(bug))
        .isInstanceOf(BrokenBugException.class)
        .hasMessageContaining("X01.bug: ")
        .hasMessageContainingAll(problem);
  }

  private Bug in(String file, String find, String replace) {
    return with(file, List.of(new Edit(find, replace)));
  }

  private Bug with(String file, List<Edit> edits) {
    return new Bug(
        directory.resolve("X01.bug"),
        "X01",
        "title",
        "rule",
        "nobody",
        file,
        edits,
        List.of(),
        List.of(),
        Budget.USUAL,
        "text");
  }
}
