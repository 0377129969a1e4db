package io.raftlessons.guards;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code synchronized} leaves no trace that ArchUnit sees, so the sources are parsed. */
class SynchronizedTest {
  private static final List<String> PROTOCOL =
      List.of("core", "election", "replication", "membership", "snapshots");

  @Test
  void protocolCodeNeverSynchronizes() throws IOException {
    List<JavaFileObject> sources = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Repository.root(), 12)) {
      for (Path file : files.filter(SynchronizedTest::isProtocolSource).toList()) {
        sources.add(new Source(file.toUri(), Files.readString(file)));
      }
    }
    assertThat(sources).hasSizeGreaterThan(10);
    assertThat(offences(sources)).isEmpty();
  }

  @Test
  void bothFormsAreReported() throws IOException {
    String text =
        """
        class Offence {
          synchronized void method() {}
          void block() { synchronized (this) {} }
          void free() {}
        }
        """;
    assertThat(offences(List.of(new Source(URI.create("string:///Offence.java"), text))))
        .containsExactly("/Offence.java: method", "/Offence.java: block");
  }

  private static boolean isProtocolSource(Path file) {
    String path = file.toString().replace('\\', '/');
    return path.endsWith(".java")
        && PROTOCOL.stream()
            .anyMatch(name -> path.contains("/src/main/java/io/raftlessons/" + name + "/"));
  }

  private static List<String> offences(List<JavaFileObject> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavacTask task = (JavacTask) compiler.getTask(null, null, null, null, null, sources);
    List<String> found = new ArrayList<>();
    for (CompilationUnitTree unit : task.parse()) {
      unit.accept(new Finder(unit.getSourceFile().toUri().getPath(), found), null);
    }
    return found;
  }

  private static final class Finder extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final String file;
    private final List<String> found;
    private String method = "initializer";

    Finder(String file, List<String> found) {
      this.file = file;
      this.found = found;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree node, @Nullable Void unused) {
      method = node.getName().toString();
      if (node.getModifiers().getFlags().contains(Modifier.SYNCHRONIZED)) {
        found.add(file + ": " + method);
      }
      return super.visitMethod(node, unused);
    }

    @Override
    public @Nullable Void visitSynchronized(SynchronizedTree node, @Nullable Void unused) {
      found.add(file + ": " + method);
      return super.visitSynchronized(node, unused);
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(URI uri, String text) {
      super(uri, Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
