package io.raftlessons.guards;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who may use whom. The rules are made for a root package, so that they can be tried on packages of
 * the same names that break them.
 */
final class Layering {
  /** Top-level packages by lesson, in lesson order. */
  static final Map<String, List<String>> PACKAGES = new LinkedHashMap<>();

  static {
    PACKAGES.put("lesson-01-election", List.of("wire", "runtime", "core", "election", "sim"));
    PACKAGES.put("lesson-02-replication", List.of("replication"));
    PACKAGES.put("lesson-03-membership", List.of("membership"));
    PACKAGES.put("lesson-04-snapshots", List.of("snapshots"));
    PACKAGES.put("lesson-05-cluster", List.of("cluster"));
  }

  private final String root;

  Layering(String root) {
    this.root = root;
  }

  /** A lesson never mentions a later one. */
  List<ArchRule> noLaterLesson() {
    List<ArchRule> rules = new ArrayList<>();
    List<List<String>> lessons = List.copyOf(PACKAGES.values());
    for (int i = 0; i + 1 < lessons.size(); i++) {
      List<String> later =
          lessons.subList(i + 1, lessons.size()).stream().flatMap(List::stream).toList();
      rules.add(
          noClasses()
              .that()
              .resideInAnyPackage(within(lessons.get(i)))
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(within(later))
              .allowEmptyShould(true));
    }
    return rules;
  }

  ArchRule wireUsesNothing() {
    return usesOnly("wire", List.of());
  }

  ArchRule runtimeUsesWire() {
    return usesOnly("runtime", List.of("wire"));
  }

  ArchRule coreUsesRuntimeAndWire() {
    return usesOnly("core", List.of("runtime", "wire"));
  }

  ArchRule electionUsesCoreRuntimeAndWire() {
    return usesOnly("election", List.of("core", "runtime", "wire"));
  }

  /** Only the simulator's own users may need the simulator; what is shipped never does. */
  ArchRule nothingUsesSim() {
    return noClasses()
        .that()
        .resideInAnyPackage(within(List.of("wire", "runtime", "core", "election")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(within(List.of("sim")));
  }

  ArchRule noCycles() {
    return slices().matching(root + ".(*)..").should().beFreeOfCycles();
  }

  /** What lies behind {@code cluster.Group} will change: its users know no Raft type. */
  ArchRule servicesKnowNoRaft() {
    return noClasses()
        .that()
        .resideInAnyPackage(
            within(List.of("cluster.router", "cluster.ingress", "cluster.launcher")))
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.resideInAnyPackage(
                    within(List.of("core", "election", "replication", "membership", "snapshots")))
                .and(
                    DescribedPredicate.not(
                        JavaClass.Predicates.resideInAPackage(
                            root + ".replication.keyvalue.wire.."))))
        .allowEmptyShould(true);
  }

  private ArchRule usesOnly(String user, List<String> used) {
    List<String> allowed = new ArrayList<>(used);
    allowed.add(user);
    return classes()
        .that()
        .resideInAnyPackage(within(List.of(user)))
        .should()
        .onlyDependOnClassesThat(
            JavaClass.Predicates.resideInAnyPackage(within(allowed))
                .or(DescribedPredicate.not(JavaClass.Predicates.resideInAPackage(root + ".."))));
  }

  private String[] within(List<String> packages) {
    return packages.stream().map(name -> root + "." + name + "..").toArray(String[]::new);
  }
}
