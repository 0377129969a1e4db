package io.raftlessons.course;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a submitted class may name. Protocol code reaches the world only through its step; one that
 * names reflection, files, processes or threads could write its score itself, so it is not run.
 */
final class AllowedInSubmissions {
  /** Of {@code java.lang} all but these, which reach out of the class, and their nested classes. */
  private static final Set<String> LANG_REFUSED =
      Set.of(
          "ClassLoader",
          "ClassValue",
          "Compiler",
          "InheritableThreadLocal",
          "Module",
          "ModuleLayer",
          "Package",
          "Process",
          "ProcessBuilder",
          "ProcessHandle",
          "Runtime",
          "RuntimePermission",
          "SecurityManager",
          "StackWalker",
          "Thread",
          "ThreadGroup",
          "ThreadLocal");

  /** Of {@code java.util}: these open files, threads or other classes. */
  private static final Set<String> UTIL_REFUSED =
      Set.of(
          "Formatter",
          "PropertyResourceBundle",
          "ResourceBundle",
          "Scanner",
          "ServiceLoader",
          "Timer",
          "TimerTask");

  private static final List<String> PACKAGES =
      List.of(
          "java.lang.annotation",
          "java.math",
          "java.nio.charset",
          "java.time",
          "java.util.function",
          "java.util.random",
          "java.util.stream",
          "com.google.protobuf",
          "io.raftlessons.wire",
          "io.raftlessons.core",
          "io.raftlessons.election",
          "io.raftlessons.replication",
          "io.raftlessons.membership",
          "io.raftlessons.snapshots",
          "org.jspecify.annotations",
          "org.slf4j");

  private static final Set<String> SINGLE =
      Set.of(
          "java.io.PrintStream",
          "java.nio.ByteBuffer",
          "io.raftlessons.course.Todo",
          "java.util.concurrent.TimeUnit");

  /** Types of which only these members are used: by the compiler, or for a student's own prints. */
  private static final Map<String, Pattern> MEMBERS =
      Map.of(
          "java.lang.System", Pattern.compile("out|err|arraycopy|lineSeparator"),
          "java.lang.Class",
              Pattern.compile("getSimpleName|getName|desiredAssertionStatus|cast|isInstance"),
          "java.io.PrintStream", Pattern.compile("print|println|printf|format"),
          "java.lang.invoke.LambdaMetafactory", Pattern.compile("metafactory|altMetafactory"),
          "java.lang.invoke.StringConcatFactory", Pattern.compile("makeConcatWithConstants"),
          "java.lang.invoke.MethodHandles", Pattern.compile("nothing"),
          "java.lang.invoke.MethodHandles$Lookup", Pattern.compile("nothing"),
          "java.lang.invoke.MethodHandle", Pattern.compile("nothing"),
          "java.lang.invoke.MethodType", Pattern.compile("nothing"),
          "java.lang.runtime.ObjectMethods", Pattern.compile("bootstrap"));

  /** These names are of bootstrap methods' signatures. */
  private static final Set<String> SIGNATURES =
      Set.of("java.lang.invoke.CallSite", "java.lang.invoke.TypeDescriptor");

  /** Of tests, which may also name the lessons' tests and solutions. */
  static final AllowedInSubmissions TESTS = new AllowedInSubmissions(true, Set.of());

  private static final List<String> PACKAGES_OF_TESTS =
      List.of(
          "io.raftlessons.sim",
          "io.raftlessons.script",
          "org.assertj.core.api",
          "org.junit.jupiter.api",
          "org.junit.jupiter.params",
          "org.junit.jupiter.params.provider");

  private final boolean tests;
  private final Set<String> solutions;

  private AllowedInSubmissions(boolean tests, Set<String> solutions) {
    this.tests = tests;
    this.solutions = solutions;
  }

  /** Of the parts of a lesson, which may name all of the lessons below, but not their solutions. */
  static AllowedInSubmissions partsOf(Lesson lesson) throws IOException {
    return new AllowedInSubmissions(
        false,
        StudentPart.of(lesson).stream().map(StudentPart::solution).collect(Collectors.toSet()));
  }

  /**
   * What the class names and may not; empty if there is nothing.
   *
   * @param own the names of the classes that come with it
   */
  Optional<String> refused(byte[] bytes, Set<String> own) {
    ClassFile file = ClassFile.read(bytes);
    for (String type : file.types()) {
      if (!own.contains(type) && !allowed(type)) {
        return Optional.of(type);
      }
    }
    for (String member : file.members()) {
      int dot = member.lastIndexOf('.');
      Pattern only = MEMBERS.get(member.substring(0, dot));
      if (only != null && !only.matcher(member.substring(dot + 1)).matches()) {
        return Optional.of(member);
      }
    }
    return Optional.empty();
  }

  private boolean allowed(String type) {
    int dot = type.lastIndexOf('.');
    String inPackage = dot < 0 ? "" : type.substring(0, dot);
    String name = type.substring(dot + 1);
    String outer = name.replaceAll("\\$.*", "");
    if (SINGLE.contains(type) || MEMBERS.containsKey(type) || SIGNATURES.contains(type)) {
      return true;
    }
    return switch (inPackage) {
      case "java.lang" -> !LANG_REFUSED.contains(outer);
      case "java.util" -> !UTIL_REFUSED.contains(outer);
      default ->
          (tests && PACKAGES_OF_TESTS.contains(inPackage))
              || (PACKAGES.contains(inPackage)
                  && (tests || !inPackage.startsWith("io.raftlessons") || isLesson(type)));
    };
  }

  /** A class of the lessons themselves, and not of their tests, nor the solution. */
  private boolean isLesson(String type) {
    if (solutions.contains(type.replaceAll("\\$.*", ""))) {
      return false;
    }
    var found =
        AllowedInSubmissions.class.getClassLoader().getResource(type.replace('.', '/') + ".class");
    return found != null && !found.toString().matches(".*(test-classes/|-tests\\.jar!).*");
  }
}
