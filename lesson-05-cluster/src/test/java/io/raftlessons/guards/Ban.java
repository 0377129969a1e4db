package io.raftlessons.guards;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.BaseStream;
import java.util.stream.Stream;

/**
 * What protocol code and the simulator must not use, because a run would then depend on more than
 * its seed, or because one loop owns the state and needs no lock.
 */
enum Ban {
  HASH_ORDER(
      "their order differs from JVM to JVM",
      Scope.PROTOCOL_AND_SIM,
      types(
          "java.util.HashMap",
          "java.util.HashSet",
          "java.util.Hashtable",
          "java.util.IdentityHashMap",
          "java.util.WeakHashMap",
          "java.util.concurrent.ConcurrentHashMap")),
  UNORDERED_FACTORIES(
      "their order is salted in every JVM",
      Scope.PROTOCOL_AND_SIM,
      factories(java.util.Set.class, "of", "copyOf")
          .or(factories(java.util.Map.class, "of", "ofEntries", "copyOf"))),
  UNORDERED_COLLECTORS(
      "without a supplier they collect into hash order",
      Scope.PROTOCOL_AND_SIM,
      calls(
              java.util.stream.Collectors.class,
              "toSet",
              "toUnmodifiableSet",
              "toUnmodifiableMap",
              "toConcurrentMap",
              "groupingByConcurrent")
          .or(
              callsWith(
                  java.util.stream.Collectors.class, "toMap", parameters -> parameters.size() < 4))
          .or(
              callsWith(
                  java.util.stream.Collectors.class,
                  "groupingBy",
                  parameters -> parameters.size() < 3))),
  PARALLEL_STREAMS(
      "threads decide the order",
      Scope.PROTOCOL_AND_SIM,
      calls(java.util.Collection.class, "parallelStream").or(calls(BaseStream.class, "parallel"))),
  ASYNC_WITHOUT_EXECUTOR(
      "it runs on the common pool and not on the owner's loop",
      Scope.PROTOCOL_AND_SIM,
      where(
          target ->
              target.getOwner().isAssignableTo(CompletionStage.class)
                  && target.getName().endsWith("Async")
                  && target instanceof CodeUnitAccessTarget unit
                  && unit.getRawParameterTypes().stream()
                      .noneMatch(type -> type.isEquivalentTo(Executor.class)))),
  WAITING_FOR_A_FUTURE(
      "a loop that waits is a loop that hangs",
      Scope.PROTOCOL_AND_SIM,
      calls(Future.class, "get", "join")),
  FUTURES_WITH_A_CLOCK(
      "they use a clock and a thread of their own",
      Scope.PROTOCOL_AND_SIM,
      calls(Future.class, "orTimeout", "completeOnTimeout", "delayedExecutor")),
  IDENTITIES(
      "they differ from run to run",
      Scope.PROTOCOL_AND_SIM,
      calls(java.util.UUID.class, "randomUUID").or(calls(System.class, "identityHashCode"))),
  CLOCKS(
      "time comes from the loop",
      Scope.PROTOCOL_AND_SIM,
      calls(System.class, "nanoTime", "currentTimeMillis")
          .or(calls(java.time.Instant.class, "now"))
          .or(types("java.time.Clock", "java.util.Date"))),
  ENVIRONMENT(
      "settings are handed in",
      Scope.PROTOCOL,
      calls(System.class, "getenv", "getProperty", "getProperties")
          .or(calls(Boolean.class, "getBoolean"))
          .or(calls(Integer.class, "getInteger"))
          .or(calls(Long.class, "getLong"))),
  UNSEEDED_RANDOM(
      "random numbers come from the host's seed",
      Scope.PROTOCOL_AND_SIM,
      calls(Math.class, "random")
          .or(callsWith(java.util.Random.class, "<init>", List::isEmpty))
          .or(callsWith(java.util.SplittableRandom.class, "<init>", List::isEmpty))
          .or(callsWith(java.util.Collections.class, "shuffle", types -> types.size() == 1))
          .or(calls(java.util.random.RandomGenerator.class, "getDefault"))
          .or(types("java.util.concurrent.ThreadLocalRandom", "java.security.SecureRandom"))),
  THREADS(
      "a loop is given, never made",
      Scope.PROTOCOL_AND_SIM,
      types(
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.util.Timer",
          "java.util.concurrent.Executors",
          "java.util.concurrent.ThreadPoolExecutor",
          "java.util.concurrent.ScheduledThreadPoolExecutor",
          "java.util.concurrent.ForkJoinPool")),
  NETWORK(
      "messages go through Transport",
      Scope.PROTOCOL_AND_SIM,
      types("java.net.", "java.nio.channels.", "io.grpc.")),
  FILES(
      "files go through Disk",
      Scope.PROTOCOL_AND_SIM,
      types(
          "java.io.File",
          "java.io.FileInputStream",
          "java.io.FileOutputStream",
          "java.io.FileReader",
          "java.io.FileWriter",
          "java.io.RandomAccessFile",
          "java.nio.file.",
          "java.nio.channels.")),
  LOCKS(
      "state has one owner loop",
      Scope.PROTOCOL,
      types(
              "java.util.concurrent.locks.",
              "java.util.concurrent.CountDownLatch",
              "java.util.concurrent.CyclicBarrier",
              "java.util.concurrent.Phaser",
              "java.util.concurrent.Semaphore",
              "java.util.concurrent.BlockingQueue",
              "java.util.concurrent.LinkedBlockingQueue",
              "java.util.concurrent.ArrayBlockingQueue")
          .or(calls(Object.class, "wait", "notify", "notifyAll")));

  /** Where a ban holds. The generated wire classes are not ours to write. */
  enum Scope {
    PROTOCOL(
        "core",
        "election",
        "replication",
        "membership",
        "snapshots",
        "cluster.router",
        "cluster.raft"),
    PROTOCOL_AND_SIM(
        "core",
        "election",
        "replication",
        "membership",
        "snapshots",
        "cluster.router",
        "cluster.raft",
        "sim");

    private final List<String> packages;

    Scope(String... packages) {
      this.packages = List.of(packages);
    }

    DescribedPredicate<JavaClass> under(String root) {
      String[] within =
          packages.stream().map(name -> root + "." + name + "..").toArray(String[]::new);
      return JavaClass.Predicates.resideInAnyPackage(within)
          .and(DescribedPredicate.not(JavaClass.Predicates.resideInAPackage("..wire..")))
          .and(
              DescribedPredicate.not(
                  DescribedPredicate.describe(
                      "keep their data in MapDB, which opens its own files",
                      type -> type.getSimpleName().startsWith("MapDb"))));
    }
  }

  private final String because;
  private final Scope scope;
  private final Banned banned;

  Ban(String because, Scope scope, Banned banned) {
    this.because = because;
    this.scope = scope;
    this.banned = banned;
  }

  /** The ban in the packages under {@code root}. */
  ArchRule under(String root) {
    DescribedPredicate<JavaClass> where = scope.under(root);
    return noClasses()
        .that(where)
        .should()
        .dependOnClassesThat(DescribedPredicate.describe("are banned: " + name(), banned.types()))
        .orShould()
        .accessTargetWhere(
            target(DescribedPredicate.describe("is banned: " + name(), banned.targets())))
        .because(because);
  }

  /** Types that must not be mentioned, and members that must not be called or referred to. */
  private record Banned(Predicate<JavaClass> types, Predicate<AccessTarget> targets) {
    Banned or(Banned other) {
      return new Banned(types.or(other.types), targets.or(other.targets));
    }
  }

  /** A name that ends with a dot stands for a package and all below it. */
  private static Banned types(String... names) {
    Predicate<JavaClass> oneOfThem =
        type ->
            Stream.of(names)
                .anyMatch(
                    name ->
                        name.endsWith(".")
                            ? type.getName().startsWith(name)
                            : type.getName().equals(name));
    return new Banned(oneOfThem, target -> false);
  }

  private static Banned calls(Class<?> owner, String... names) {
    return where(
        target ->
            target.getOwner().isAssignableTo(owner) && List.of(names).contains(target.getName()));
  }

  /** Of this very type: {@code EnumSet.of} is ordered, {@code Set.of} is not. */
  private static Banned factories(Class<?> owner, String... names) {
    return where(
        target ->
            target.getOwner().isEquivalentTo(owner) && List.of(names).contains(target.getName()));
  }

  private static Banned callsWith(
      Class<?> owner, String name, Predicate<List<JavaClass>> parameters) {
    return where(
        target ->
            target.getOwner().isEquivalentTo(owner)
                && target.getName().equals(name)
                && target instanceof CodeUnitAccessTarget unit
                && parameters.test(unit.getRawParameterTypes()));
  }

  private static Banned where(Predicate<AccessTarget> targets) {
    return new Banned(type -> false, targets);
  }
}
