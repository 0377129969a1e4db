package io.raftlessons.docs;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Finds the members of a Java file by their names, as the compiler reads them. */
final class JavaSource {
  /** Lines, from 1; the Javadoc before them is not among them. */
  record Lines(int first, int last) {}

  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

  /** It opens the JDK's own classes, once. */
  private static final StandardJavaFileManager FILES =
      COMPILER.getStandardFileManager(null, null, null);

  private static final Map<Path, JavaSource> READ = new TreeMap<>();

  private final List<String> lines;
  private final Map<String, List<Lines>> members = new TreeMap<>();

  private JavaSource(List<String> lines) {
    this.lines = lines;
  }

  /** Files are read once: parsing is most of the time that pages take. */
  static JavaSource of(Path file) throws IOException {
    JavaSource known = READ.get(file);
    if (known == null) {
      known = parse(file);
      READ.put(file, known);
    }
    return known;
  }

  private static JavaSource parse(Path file) throws IOException {
    JavaSource source = new JavaSource(Files.readAllLines(file));
    JavacTask task =
        (JavacTask)
            COMPILER.getTask(
                null, FILES, null, List.of("-proc:none"), null, FILES.getJavaFileObjects(file));
    SourcePositions positions = Trees.instance(task).getSourcePositions();
    for (CompilationUnitTree unit : task.parse()) {
      unit.accept(source.new Members(unit, positions), "");
    }
    return source;
  }

  List<String> lines() {
    return lines;
  }

  /**
   * Where a member is.
   *
   * @param name a method, a field, a type; of a nested type also {@code Type.name}. Of overloads
   *     one is named by the number of its parameters: {@code name/2}
   * @throws DocsException if there is none of that name, or more than one
   */
  Lines member(String name) {
    List<Lines> found = members.getOrDefault(name, List.of());
    if (found.size() != 1) {
      throw new DocsException(found.isEmpty() ? "no " + name : found.size() + " are named " + name);
    }
    return found.get(0);
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  private final class Members extends TreeScanner<@Nullable Void, String> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;

    Members(CompilationUnitTree unit, SourcePositions positions) {
      this.unit = unit;
      this.positions = positions;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, String outer) {
      String name = type.getSimpleName().toString();
      add(outer, name, type);
      // Anonymous classes have no name of their own: their members are nobody's.
      return name.isEmpty() ? null : super.visitClass(type, name);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, String outer) {
      String name = method.getName().toString();
      add(outer, name, method);
      add(outer, name + "/" + method.getParameters().size(), method);
      return null;
    }

    @Override
    public @Nullable Void visitVariable(VariableTree field, String outer) {
      add(outer, field.getName().toString(), field);
      return null;
    }

    private void add(String outer, String name, Tree tree) {
      Lines where = new Lines(line(start(tree)), line(positions.getEndPosition(unit, tree) - 1));
      for (String key : List.of(name, outer + "." + name)) {
        members.computeIfAbsent(key, k -> new ArrayList<>()).add(where);
      }
    }

    private long start(Tree tree) {
      return positions.getStartPosition(unit, tree);
    }

    private int line(long position) {
      return (int) unit.getLineMap().getLineNumber(position);
    }
  }
}
