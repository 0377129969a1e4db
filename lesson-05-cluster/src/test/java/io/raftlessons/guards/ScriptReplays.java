package io.raftlessons.guards;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.raftlessons.script.ScriptSuite;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which lesson replays whose scripts: read from the suites that there are. */
final class ScriptReplays {
  private static final Map<String, List<String>> ALL = find();

  private ScriptReplays() {}

  /** By lesson, in order: the lessons on whose servers its scripts are replayed. */
  static Map<String, List<String>> all() {
    return ALL;
  }

  private static Map<String, List<String>> find() {
    Map<String, List<String>> replays = new TreeMap<>();
    new ClassFileImporter()
            .withImportOption(location -> location.contains("ScriptsTest"))
            .importPackages("io.raftlessons")
            .stream()
            .filter(type -> type.isAssignableTo(ScriptSuite.class))
            .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
            .forEach(
                type ->
                    replays
                        .computeIfAbsent(suite(type).lesson(), lesson -> new ArrayList<>())
                        .add(Repository.lessonOf(type)));
    replays.values().forEach(lessons -> lessons.sort(null));
    return replays;
  }

  private static ScriptSuite suite(JavaClass type) {
    try {
      Constructor<?> constructor = type.reflect().getDeclaredConstructor();
      constructor.setAccessible(true);
      return (ScriptSuite) constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.getName() + " cannot be made", e);
    }
  }
}
