package io.raftlessons.course;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The student's classes of a lesson: compiled in memory when they are used first, and defined next
 * to the reference, so that what is package-private is theirs as well.
 *
 * <p>Thread-safe.
 */
final class StudentClasses {
  /** How what is said of files begins that do not compile. */
  static final String BROKEN = "your files do not compile:";

  /** A class can be defined once; who needs another state of the file takes another loader. */
  private static final Map<String, StudentClasses> LOADED = new TreeMap<>();

  private final Map<String, Class<?>> types = new TreeMap<>();

  /**
   * Those of a lesson, as the command line says.
   *
   * @param neighbour a class of the package that they belong to
   * @throws IllegalStateException if they do not compile
   */
  static synchronized StudentClasses of(Lesson lesson, Class<?> neighbour) {
    StudentClasses classes = LOADED.get(lesson.number());
    if (classes == null) {
      classes = new StudentClasses(compile(lesson), neighbour);
      LOADED.put(lesson.number(), classes);
    }
    return classes;
  }

  private StudentClasses(Map<String, byte[]> classes, Class<?> neighbour) {
    ArrayDeque<String> left = new ArrayDeque<>(classes.keySet());
    try {
      MethodHandles.Lookup inPackage =
          MethodHandles.privateLookupIn(neighbour, MethodHandles.lookup());
      for (int failures = 0; !left.isEmpty() && failures < 2 * classes.size(); ) {
        String name = left.remove();
        try {
          types.put(name, inPackage.defineClass(classes.get(name)));
          failures = 0;
        } catch (NoClassDefFoundError needsAnother) {
          failures++;
          defined(name, neighbour)
              .ifPresentOrElse(type -> types.put(name, type), () -> left.add(name));
        }
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A class that needs another to be verified is there, one that extends another is not. */
  private static Optional<Class<?>> defined(String name, Class<?> neighbour) {
    try {
      return Optional.of(Class.forName(name, false, neighbour.getClassLoader()));
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }

  /**
   * @throws IllegalStateException if the student has no such class
   */
  Class<?> get(String name) {
    Class<?> type = types.get(name);
    if (type == null) {
      throw new IllegalStateException("no class " + name + " in your files, but " + types.keySet());
    }
    return type;
  }

  /** As they will be run; nothing of them is run. */
  static Map<String, byte[]> compile(Lesson lesson) {
    try (MutantCompiler compiler = new MutantCompiler()) {
      List<StudentSource> sources = new ArrayList<>();
      for (StudentPart part : StudentPart.of(lesson)) {
        sources.add(StudentSource.of(part));
      }
      try {
        return compiler.compile(texts(sources, StudentSource::filled), NotCompiled::new);
      } catch (NotCompiled filled) {
        // Either the student's lines are wrong, or the reference's do not go with them.
        Map<String, byte[]> written =
            compiler.compile(
                texts(sources, StudentSource::written),
                errors -> new IllegalStateException(BROKEN + "\n" + errors));
        if (sources.stream().anyMatch(StudentSource::isGradedAlone)) {
          throw new IllegalStateException(
              "your files compile, but not with the reference's lines after exercise "
                  + System.getProperty("ex")
                  + ": these need the fields and methods of the starter. Run without -Dex=, or see\n"
                  + filled.getMessage());
        }
        return written;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> texts(
      List<StudentSource> sources, Function<StudentSource, String> text) {
    Map<String, String> texts = new LinkedHashMap<>();
    sources.forEach(source -> texts.put(source.file(), text.apply(source)));
    return texts;
  }

  private static final class NotCompiled extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotCompiled(String errors) {
      super(errors);
    }
  }
}
