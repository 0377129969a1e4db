package io.raftlessons.course;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Compiles a source file with a bug in it against the class path of this JVM, in memory. All
 * classes of the file come anew, those nested in it too; other files are not compiled again, so a
 * constant that they have taken over stays as it was.
 *
 * <p>Used by one thread.
 */
public final class MutantCompiler implements AutoCloseable {
  private final JavaCompiler compiler;
  private final StandardJavaFileManager files;

  public MutantCompiler() throws IOException {
    compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IllegalStateException("no compiler in " + System.getProperty("java.home"));
    }
    files = compiler.getStandardFileManager(null, null, null);
    files.setLocationFromPaths(
        StandardLocation.CLASS_PATH,
        Stream.of(classPath().split(File.pathSeparator)).map(Path::of).toList());
  }

  private static String classPath() {
    return System.getProperty(ZooWorker.COMPILE_PATH, System.getProperty("java.class.path"));
  }

  /**
   * The classes of the file with the bug in it, by name.
   *
   * @throws BrokenBugException if the bug does not match or does not compile
   */
  public Map<String, byte[]> compile(Lesson lesson, Bug bug) throws IOException {
    return compile(
        Map.of("io/raftlessons/" + bug.file(), bug.mutate(lesson.source(bug))),
        errors -> new BrokenBugException(bug.bugFile(), "does not compile: " + errors));
  }

  /**
   * The classes of some files, by name.
   *
   * @param sources their texts, by what they are called below their source root
   * @param failed makes the exception that tells what the compiler says
   */
  Map<String, byte[]> compile(
      Map<String, String> sources, Function<String, RuntimeException> failed) {
    DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
    InMemory output = new InMemory(files);
    List<Source> units = new ArrayList<>();
    sources.forEach((file, text) -> units.add(new Source(file, text)));
    JavaCompiler.CompilationTask task =
        compiler.getTask(
            null,
            output,
            messages,
            List.of("-proc:none", "-nowarn", "-implicit:none"),
            null,
            units);
    if (!task.call()) {
      throw failed.apply(errors(messages));
    }
    return output.classes();
  }

  private static String errors(DiagnosticCollector<JavaFileObject> messages) {
    return messages.getDiagnostics().stream()
        .filter(message -> message.getKind() == Diagnostic.Kind.ERROR)
        .map(MutantCompiler::error)
        .collect(Collectors.joining("\n"));
  }

  private static String error(Diagnostic<? extends JavaFileObject> message) {
    JavaFileObject source = message.getSource();
    String file = source == null ? "" : " of " + source.getName().replaceFirst(".*/", "");
    return "line " + message.getLineNumber() + file + ": " + message.getMessage(null);
  }

  @Override
  public void close() throws IOException {
    files.close();
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String file, String text) {
      super(URI.create("string:///" + file), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class ClassFile extends SimpleJavaFileObject {
    private final String name;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    ClassFile(String name) {
      super(URI.create("bytes:///" + name.replace('.', '/') + ".class"), Kind.CLASS);
      this.name = name;
    }

    @Override
    public OutputStream openOutputStream() {
      return bytes;
    }
  }

  private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
    private final List<ClassFile> written = new ArrayList<>();

    InMemory(JavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      ClassFile file = new ClassFile(className);
      written.add(file);
      return file;
    }

    Map<String, byte[]> classes() {
      Map<String, byte[]> classes = new TreeMap<>();
      written.forEach(file -> classes.put(file.name, file.bytes.toByteArray()));
      return classes;
    }
  }
}
