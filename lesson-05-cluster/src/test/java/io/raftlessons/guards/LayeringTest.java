package io.raftlessons.guards;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.raftlessons.guards.broken.cluster.router.KnowsRaft;
import io.raftlessons.guards.broken.core.KnowsElection;
import io.raftlessons.guards.broken.core.KnowsSim;
import io.raftlessons.guards.broken.election.KnowsReplication;
import io.raftlessons.guards.broken.replication.KnowsCluster;
import io.raftlessons.guards.broken.runtime.KnowsCore;
import io.raftlessons.guards.broken.wire.KnowsRuntime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LayeringTest {
  private static final String ROOT = "io.raftlessons";
  private static final String BROKEN = "io.raftlessons.guards.broken";
  private static final JavaClasses PRODUCT = Repository.productClasses();
  private static final JavaClasses BROKEN_CLASSES = new ClassFileImporter().importPackages(BROKEN);
  private static final Layering LAYERING = new Layering(ROOT);
  private static final Layering BROKEN_LAYERING = new Layering(BROKEN);

  @Test
  void aLessonMentionsNoLaterLesson() {
    LAYERING.noLaterLesson().forEach(rule -> rule.check(PRODUCT));
    assertReported(BROKEN_LAYERING.noLaterLesson().get(0), KnowsReplication.class);
    assertReported(BROKEN_LAYERING.noLaterLesson().get(1), KnowsCluster.class);
  }

  @Test
  void wireUsesNothingOfOurs() {
    check(LAYERING.wireUsesNothing(), BROKEN_LAYERING.wireUsesNothing(), KnowsRuntime.class);
  }

  @Test
  void runtimeUsesWireOnly() {
    check(LAYERING.runtimeUsesWire(), BROKEN_LAYERING.runtimeUsesWire(), KnowsCore.class);
  }

  @Test
  void coreUsesRuntimeAndWireOnly() {
    check(
        LAYERING.coreUsesRuntimeAndWire(),
        BROKEN_LAYERING.coreUsesRuntimeAndWire(),
        KnowsElection.class);
  }

  @Test
  void electionUsesCoreRuntimeAndWireOnly() {
    check(
        LAYERING.electionUsesCoreRuntimeAndWire(),
        BROKEN_LAYERING.electionUsesCoreRuntimeAndWire(),
        KnowsReplication.class);
  }

  @Test
  void nothingShippedUsesTheSimulator() {
    check(LAYERING.nothingUsesSim(), BROKEN_LAYERING.nothingUsesSim(), KnowsSim.class);
  }

  @Test
  void packagesHaveNoCycles() {
    LAYERING.noCycles().check(PRODUCT);
    assertThat(report(BROKEN_LAYERING.noCycles())).anyMatch(line -> line.contains("Cycle"));
  }

  @Test
  void routerIngressAndLauncherKnowNoRaftType() {
    check(LAYERING.servicesKnowNoRaft(), BROKEN_LAYERING.servicesKnowNoRaft(), KnowsRaft.class);
  }

  @Test
  void everyPackageBelongsToItsLesson() {
    assertThat(strangers(PRODUCT)).isEmpty();
    assertThat(strangers(BROKEN_CLASSES)).isNotEmpty();
  }

  @Test
  void noPackageIsSplitOverTwoLessons() {
    Map<String, Set<String>> lessonsOf = new TreeMap<>();
    for (JavaClass type : PRODUCT) {
      lessonsOf
          .computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
          .add(Repository.lessonOf(type));
    }
    assertThat(lessonsOf).allSatisfy((name, lessons) -> assertThat(lessons).hasSize(1));
  }

  /** Classes outside the packages that the layout gives to their lesson. */
  private static List<String> strangers(JavaClasses classes) {
    return classes.stream()
        .filter(type -> !belongs(type))
        .map(type -> type.getName() + " in " + Repository.lessonOf(type))
        .sorted()
        .toList();
  }

  private static boolean belongs(JavaClass type) {
    return Layering.PACKAGES.getOrDefault(Repository.lessonOf(type), List.of()).stream()
        .map(name -> ROOT + "." + name)
        .anyMatch(
            name ->
                type.getPackageName().equals(name) || type.getPackageName().startsWith(name + "."));
  }

  private static void check(ArchRule rule, ArchRule brokenRule, Class<?> offender) {
    rule.check(PRODUCT);
    assertReported(brokenRule, offender);
  }

  private static void assertReported(ArchRule rule, Class<?> offender) {
    assertThat(report(rule)).anyMatch(line -> line.contains(offender.getName()));
  }

  private static List<String> report(ArchRule rule) {
    return rule.evaluate(BROKEN_CLASSES).getFailureReport().getDetails();
  }
}
