package io.raftlessons.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Markdown file of the repository.
 *
 * @param path from the root
 */
record Page(Path path, List<String> lines) {
  /** A line of prose with its number, from 1. */
  record Line(int number, String text) {}

  static List<Page> all(Path root) throws IOException {
    List<Page> pages = new ArrayList<>();
    for (Path start : starts(root)) {
      try (Stream<Path> files = Files.walk(start)) {
        for (Path file : files.filter(Page::isPage).sorted().toList()) {
          pages.add(new Page(root.relativize(file), Files.readAllLines(file)));
        }
      }
    }
    return pages;
  }

  /** Build output has copies of other people's pages. */
  private static List<Path> starts(Path root) throws IOException {
    List<Path> starts = new ArrayList<>(List.of(root.resolve("README.md"), root.resolve("docs")));
    try (Stream<Path> lessons = Files.list(root)) {
      for (Path lesson : lessons.filter(Page::isLesson).sorted().toList()) {
        try (Stream<Path> inside = Files.list(lesson)) {
          inside
              .filter(p -> !p.endsWith("target") && !p.endsWith("raft-data"))
              .forEach(starts::add);
        }
      }
    }
    return starts;
  }

  private static boolean isLesson(Path path) {
    return path.getFileName().toString().startsWith("lesson-");
  }

  private static boolean isPage(Path path) {
    return path.toString().endsWith(".md") && !path.toString().contains("/target/");
  }

  /** The lines outside of fences and comments. */
  List<Line> prose() {
    List<Line> prose = new ArrayList<>();
    String fence = "";
    boolean comment = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      String start = fenceOf(line);
      if (!fence.isEmpty()) {
        if (start.startsWith(fence) && line.strip().equals(start)) {
          fence = "";
        }
      } else if (!start.isEmpty()) {
        fence = start;
      } else if (comment || line.strip().startsWith("<!--")) {
        comment = !line.contains("-->");
      } else {
        prose.add(new Line(i + 1, line));
      }
    }
    return prose;
  }

  /** The backticks or tildes with which a line begins a fence or ends it; "" if it does not. */
  static String fenceOf(String line) {
    String text = line.strip();
    for (char c : new char[] {'`', '~'}) {
      int length = 0;
      while (length < text.length() && text.charAt(length) == c) {
        length++;
      }
      if (length >= 3) {
        return text.substring(0, length);
      }
    }
    return "";
  }

  /** The lines within fences. */
  List<Line> fenced() {
    List<Line> prose = prose();
    List<Line> others = new ArrayList<>();
    for (int i = 0, next = 0; i < lines.size(); i++) {
      if (next < prose.size() && prose.get(next).number() == i + 1) {
        next++;
      } else {
        others.add(new Line(i + 1, lines.get(i)));
      }
    }
    return others;
  }

  String at(Line line) {
    return path.toString().replace('\\', '/') + ":" + line.number();
  }
}
