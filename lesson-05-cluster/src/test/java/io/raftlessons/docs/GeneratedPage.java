package io.raftlessons.docs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A page with the blocks below its directives written anew. */
final class GeneratedPage implements AutoCloseable {
  private final CodeSnippet code;
  private final Transcript transcript;
  private final Tables tables;

  GeneratedPage(Path root) {
    code = new CodeSnippet(root);
    transcript = new Transcript(root);
    tables = new Tables(root);
  }

  /**
   * @throws DocsException if a directive asks for what is not there; the message says where
   */
  List<String> lines(Page page) throws IOException {
    List<String> fresh = new ArrayList<>();
    List<String> lines = page.lines();
    String fence = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      fresh.add(line);
      String start = Page.fenceOf(line);
      if (!fence.isEmpty()) {
        fence = start.startsWith(fence) && line.strip().equals(start) ? "" : fence;
      } else if (!start.isEmpty()) {
        fence = start;
      } else if (Directive.is(line)) {
        i += oldBlock(lines.subList(i + 1, lines.size()));
        String indent = line.substring(0, line.indexOf("<!--"));
        for (String generated : generate(page, new Page.Line(i + 1, line))) {
          fresh.add(generated.isEmpty() ? "" : indent + generated);
        }
      }
    }
    return fresh;
  }

  private List<String> generate(Page page, Page.Line line) throws IOException {
    try {
      Directive directive = Directive.parse(line.text());
      return switch (directive.kind()) {
        case "code" -> code.generate(directive);
        case "run" -> transcript.generate(directive);
        default -> tables.generate(directive, page.path());
      };
    } catch (DocsException e) {
      throw new DocsException(page.at(line) + ": " + e.getMessage());
    }
  }

  /** How many lines below a directive are its block: a fence or a table. None if it is new. */
  private static int oldBlock(List<String> lines) {
    if (lines.isEmpty()) {
      return 0;
    }
    String fence = Page.fenceOf(lines.get(0));
    int end = 0;
    if (fence.isEmpty()) {
      while (end < lines.size() && lines.get(end).strip().startsWith("|")) {
        end++;
      }
      return end;
    }
    do {
      end++;
      if (end == lines.size()) {
        throw new DocsException("a fence without an end: " + lines.get(0));
      }
    } while (!lines.get(end).strip().equals(fence));
    return end + 1;
  }

  @Override
  public void close() throws IOException {
    transcript.close();
  }
}
