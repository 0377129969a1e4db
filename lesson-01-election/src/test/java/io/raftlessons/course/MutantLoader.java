package io.raftlessons.course;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * Defines every class of the project itself: those of a mutant from memory, all others, tests too,
 * from the bytes on the class path. If only the mutant were defined here, its users would go on
 * using the original.
 */
final class MutantLoader extends ClassLoader {
  private static final String OURS = "io.raftlessons.";

  private final Map<String, byte[]> mutant;

  /**
   * @param mutant classes by name; none for the reference
   */
  MutantLoader(Map<String, byte[]> mutant, ClassLoader parent) {
    super("mutant", parent);
    this.mutant = Map.copyOf(mutant);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte[] bytes = mutant.get(name);
    if (bytes == null) {
      bytes = bytesOnClassPath(name);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  private byte[] bytesOnClassPath(String name) throws ClassNotFoundException {
    try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
