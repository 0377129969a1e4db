package io.raftlessons.docs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code <!-- table rules ID ID ... -->} and {@code <!-- table exercises LESSON -->}: rows of the
 * rule book, or of a lesson's list of exercises.
 */
final class Tables {
  private final Path root;

  Tables(Path root) {
    this.root = root;
  }

  List<String> generate(Directive directive) throws IOException {
    throw new DocsException(root + ": no table " + directive.words());
  }
}
