package io.raftlessons.guards;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RepositoryTest {
  @Test
  void everyLessonIsLookedAt() {
    Set<String> directories = new TreeSet<>();
    for (File file : Repository.root().toFile().listFiles(File::isDirectory)) {
      if (file.getName().startsWith("lesson-")) {
        directories.add(file.getName());
      }
    }
    Set<String> found = new TreeSet<>();
    for (Path location : Repository.productLocations()) {
      found.add(Repository.lessonOf(location.toUri().toString()));
    }
    assertThat(found).isEqualTo(directories).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void onlyProductClassesAreLookedAt() {
    List<String> names =
        Repository.productClasses().stream().map(JavaClass::getName).sorted().toList();
    assertThat(names)
        .contains("io.raftlessons.core.RaftCore", "io.raftlessons.replication.LogStore")
        .allMatch(name -> name.startsWith("io.raftlessons."))
        .noneMatch(name -> name.startsWith("io.raftlessons.guards."));
  }

  @Test
  void theLessonIsReadFromTheLastPartOfAPath() {
    for (String path :
        Arrays.asList(
            "file:/x/lesson-09-other/target/y/lesson-01-election/target/classes/A.class",
            "jar:file:/x/lesson-01-election/target/lesson-01-election-0.1.0.jar!/A.class")) {
      assertThat(Repository.lessonOf(path)).isEqualTo("lesson-01-election");
    }
  }
}
