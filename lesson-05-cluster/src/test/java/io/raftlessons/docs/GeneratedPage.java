package io.raftlessons.docs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;

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
        int at = i + 1;
        i += oldBlock(lines.subList(at, lines.size()));
        fresh.addAll(block(page, new Page.Line(at, line), lines.subList(at, i + 1)));
      }
    }
    return fresh;
  }

  /** What is below a directive: the old block, if that differs in nothing but what varies. */
  private List<String> block(Page page, Page.Line line, List<String> old) throws IOException {
    try {
      Directive directive = Directive.parse(line.text());
      String indent = line.text().substring(0, line.text().indexOf("<!--"));
      List<String> fresh =
          generate(page, directive).stream()
              .map(generated -> generated.isEmpty() ? "" : indent + generated)
              .toList();
      String varies = directive.values().getOrDefault("varies", "");
      return fixed(old, varies).equals(fixed(fresh, varies)) ? old : fresh;
    } catch (DocsException | PatternSyntaxException e) {
      throw new DocsException(page.at(line) + ": " + e.getMessage());
    }
  }

  private List<String> generate(Page page, Directive directive) throws IOException {
    return switch (directive.kind()) {
      case "code" -> code.generate(directive);
      case "run" -> transcript.generate(directive);
      default -> tables.generate(directive, page.path());
    };
  }

  private static List<String> fixed(List<String> lines, String varies) {
    return lines.stream().map(line -> line.replaceAll(varies, "")).toList();
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
