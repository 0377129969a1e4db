package io.raftlessons.course;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part's factory that makes the student's: compiled when it is used first, in memory, and defined
 * next to the reference, so that what is package-private is theirs as well.
 */
final class StudentFactory implements InvocationHandler {
  private final Class<?> part;
  private final StudentPart mine;
  private @Nullable Class<?> type;

  /**
   * @param part the interface, whose package the student's class is in
   */
  StudentFactory(Class<?> part, StudentPart mine) {
    this.part = part;
    this.mine = mine;
  }

  /**
   * @throws IllegalStateException if the student's file does not compile
   */
  @Override
  public Object invoke(Object proxy, Method create, Object @Nullable [] arguments)
      throws Throwable {
    if (create.getDeclaringClass() == Object.class) {
      return create.invoke(this, arguments);
    }
    try {
      return constructor(create).newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw requireNonNull(e.getCause());
    }
  }

  private Constructor<?> constructor(Method create) throws IllegalAccessException {
    try {
      return type().getConstructor(create.getParameterTypes());
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(
          mine.name() + " has lost its constructor with the parameters of " + create, e);
    }
  }

  private synchronized Class<?> type() throws IllegalAccessException {
    if (type == null) {
      type = define(compile());
    }
    return type;
  }

  private Map<String, byte[]> compile() {
    try (MutantCompiler compiler = new MutantCompiler()) {
      StudentSource source = StudentSource.of(mine);
      try {
        return compiler.compile(mine.file(), source.filled(), Broken::new);
      } catch (Broken filled) {
        // Either the student's lines are wrong, or the reference's do not go with them.
        Map<String, byte[]> written = compiler.compile(mine.file(), source.written(), this::broken);
        if (source.isGradedAlone()) {
          throw new IllegalStateException(
              String.format(
                  "%s compiles, but not with the reference's lines after exercise %s: they need"
                      + " the fields and methods of the starter. Run without -Dex=, or see%n%s",
                  mine.name(), System.getProperty("ex"), filled.getMessage()));
        }
        return written;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RuntimeException broken(String errors) {
    return new IllegalStateException(Mine.file(mine) + " does not compile:\n" + errors);
  }

  private Class<?> define(Map<String, byte[]> classes) throws IllegalAccessException {
    MethodHandles.Lookup inPackage = MethodHandles.privateLookupIn(part, MethodHandles.lookup());
    ArrayDeque<byte[]> left = new ArrayDeque<>(classes.values());
    Class<?> outer = null;
    for (int failures = 0; !left.isEmpty(); ) {
      byte[] next = left.remove();
      try {
        Class<?> defined = inPackage.defineClass(next);
        outer = defined.getName().equals(mine.type()) ? defined : outer;
        failures = 0;
      } catch (NoClassDefFoundError needsAnother) {
        left.add(next);
        if (++failures > left.size()) {
          throw needsAnother;
        }
      }
    }
    if (outer == null) {
      throw new IllegalStateException("no class " + mine.type() + " in " + Mine.file(mine));
    }
    return outer;
  }

  private static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;

    Broken(String errors) {
      super(errors);
    }
  }
}
