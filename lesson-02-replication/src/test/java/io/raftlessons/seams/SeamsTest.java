package io.raftlessons.seams;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The seams of lessons that are not written yet ({@code docs/seams}) fit the code there is. */
class SeamsTest {
  @TempDir Path output;

  @Test
  void theSeamsCompile() throws IOException {
    List<JavaFileObject> sources;
    try (Stream<Path> files = Files.list(Path.of("..", "docs", "seams"))) {
      sources = files.sorted().filter(f -> f.toString().endsWith(".java")).map(Source::of).toList();
    }
    assertThat(sources).isNotEmpty();
    assertThat(compile(sources)).isEmpty();
  }

  @Test
  void aSeamThatDoesNotFitIsReported() {
    String text =
        """
        package seams;
        interface Misfit extends io.raftlessons.core.Part {
          void call(io.raftlessons.core.Step step, io.raftlessons.core.NoSuchType type);
        }
        """;
    JavaFileObject source = new Source(URI.create("string:///seams/Misfit.java"), text);
    assertThat(compile(List.of(source))).hasSize(1).first().asString().contains("NoSuchType");
  }

  private List<String> compile(List<JavaFileObject> sources) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "--release",
            "17",
            "-proc:none",
            "-classpath",
            System.getProperty("java.class.path"),
            "-d",
            output.toString());
    boolean compiled = compiler.getTask(null, null, found, options, null, sources).call();
    List<String> errors =
        found.getDiagnostics().stream()
            .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
            .map(diagnostic -> diagnostic.getMessage(Locale.ROOT))
            .toList();
    assertThat(compiled).isEqualTo(errors.isEmpty());
    return errors;
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(URI uri, String text) {
      super(uri, Kind.SOURCE);
      this.text = text;
    }

    static JavaFileObject of(Path file) {
      try {
        return new Source(file.toUri(), Files.readString(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
