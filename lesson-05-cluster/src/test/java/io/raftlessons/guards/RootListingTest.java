package io.raftlessons.guards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The top level is a closed list: what comes new goes into a lesson or into docs. */
class RootListingTest {
  private static final Set<String> REQUIRED =
      Set.of(
          "pom.xml",
          "README.md",
          "docs",
          "lesson-01-election",
          "lesson-02-replication",
          "lesson-03-membership",
          "lesson-04-snapshots",
          "lesson-05-cluster",
          "mvnw",
          "mvnw.cmd",
          ".mvn",
          ".ci",
          ".editorconfig",
          ".gitignore",
          ".gitattributes",
          "LICENSE");

  @Test
  void theTopLevelIsTheClosedList() throws IOException, InterruptedException {
    assertThat(differences(topLevel(Repository.root()))).isEmpty();
  }

  @Test
  void aMissingAndAnAdditionalNameAreBothReported() {
    SortedSet<String> names = new TreeSet<>(REQUIRED);
    assertThat(differences(names)).isEmpty();
    names.remove("LICENSE");
    names.add("scripts");
    assertThat(differences(names)).containsExactly("missing: LICENSE", "not on the list: scripts");
  }

  private static List<String> differences(Collection<String> names) {
    SortedSet<String> found = new TreeSet<>();
    for (String name : REQUIRED) {
      if (!names.contains(name)) {
        found.add("missing: " + name);
      }
    }
    for (String name : names) {
      if (!REQUIRED.contains(name)) {
        found.add("not on the list: " + name);
      }
    }
    return List.copyOf(found);
  }

  /** What git tracks or would track; without git, what lies there but for build output. */
  private static SortedSet<String> topLevel(Path root) throws IOException, InterruptedException {
    SortedSet<String> names = new TreeSet<>();
    if (Files.exists(root.resolve(".git"))) {
      for (String file : gitFiles(root)) {
        names.add(file.substring(0, file.indexOf('/') < 0 ? file.length() : file.indexOf('/')));
      }
    }
    if (names.isEmpty()) {
      try (Stream<Path> files = Files.list(root)) {
        files.map(file -> file.getFileName().toString()).forEach(names::add);
      }
      names.removeAll(Set.of(".git", "target"));
    }
    return names;
  }

  private static List<String> gitFiles(Path root) throws IOException, InterruptedException {
    Path output = Files.createTempFile("listing", ".txt");
    try {
      Process git =
          new ProcessBuilder("git", "ls-files", "--cached", "--others", "--exclude-standard")
              .directory(root.toFile())
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = git.waitFor(30, TimeUnit.SECONDS);
      if (!ended) {
        git.destroyForcibly();
      }
      return ended && git.exitValue() == 0
          ? Files.readAllLines(output, StandardCharsets.UTF_8)
          : List.of();
    } catch (IOException e) {
      return List.of(); // no git on this machine: the directory itself is looked at
    } finally {
      Files.delete(output);
    }
  }
}
