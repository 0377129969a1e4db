package io.raftlessons.docs;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the links of pages lead somewhere: files, headings, lines. Links to other sites are only
 * read, never followed. A picture needs a text that tells what it shows.
 */
final class Links {
  /** {@code [text](target)}, with an exclamation mark if it is a picture. */
  private static final Pattern LINK =
      Pattern.compile("(!?)\\[((?:[^\\[\\]]|\\[[^\\]]*\\](?:\\([^)]*\\))?)*)\\]\\(([^)\\s]*)\\)");

  private static final Pattern HTML =
      Pattern.compile("<(a|img|source)\\s[^>]*?(?:href|src|srcset)=\"([^\"]*)\"[^>]*>");
  private static final Pattern ALT = Pattern.compile("\\salt=\"([^\"]*)\"");
  private static final Pattern NAMED = Pattern.compile("<\\w+\\s[^>]*?(?:id|name)=\"([^\"]+)\"");
  private static final Pattern CODE = Pattern.compile("(`+)(?:(?!\\1).)+\\1");
  private static final Pattern LINE_NUMBER = Pattern.compile("L(\\d+)(?:-L(\\d+))?");

  /** A text for those who do not see the picture is a sentence, not a word. */
  private static final int MIN_ALT = 25;

  private final Path root;
  private final Map<Path, Set<String>> anchors = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  Links(Path root) {
    this.root = root;
  }

  /** What is wrong, a line each. */
  List<String> problems(List<Page> pages) throws IOException {
    for (Page page : pages) {
      anchors.put(page.path(), anchors(page));
    }
    for (Page page : pages) {
      for (Page.Line line : page.prose()) {
        check(page, line);
      }
    }
    return List.copyOf(problems);
  }

  private void check(Page page, Page.Line line) throws IOException {
    String text = CODE.matcher(line.text()).replaceAll(m -> m.group().replaceAll("[^`]", "x"));
    Matcher link = LINK.matcher(text);
    while (link.find()) {
      Matcher inner = LINK.matcher(link.group(2));
      while (inner.find()) {
        checkTarget(page, line, inner.group(3));
        checkAlt(page, line, !inner.group(1).isEmpty(), inner.group(2));
      }
      checkTarget(page, line, link.group(3));
      checkAlt(page, line, !link.group(1).isEmpty(), link.group(2));
    }
    Matcher html = HTML.matcher(text);
    while (html.find()) {
      checkTarget(page, line, html.group(2));
      Matcher alt = ALT.matcher(html.group());
      checkAlt(page, line, html.group(1).equals("img"), alt.find() ? alt.group(1) : "");
    }
  }

  private void checkAlt(Page page, Page.Line line, boolean picture, String text) {
    if (picture && text.length() < MIN_ALT) {
      problems.add(page.at(line) + ": the picture's text does not tell what it shows: " + text);
    }
  }

  private void checkTarget(Page page, Page.Line line, String target) throws IOException {
    String problem = problem(page, target);
    if (!problem.isEmpty()) {
      problems.add(page.at(line) + ": " + target + ": " + problem);
    }
  }

  private String problem(Page page, String target) throws IOException {
    if (target.isEmpty()) {
      return "a link to nothing";
    }
    if (target.matches("[a-z]+:.*")) {
      return external(target);
    }
    int hash = target.indexOf('#');
    String name = hash < 0 ? target : target.substring(0, hash);
    Path file =
        name.isEmpty()
            ? root.resolve(page.path())
            : root.resolve(page.path()).resolveSibling(name).normalize();
    if (!file.startsWith(root)) {
      return "outside of the repository";
    }
    if (!Files.exists(file)) {
      return "no such file";
    }
    return hash < 0 ? "" : anchor(file, target.substring(hash + 1));
  }

  private String anchor(Path file, String anchor) throws IOException {
    Set<String> known = anchors.get(root.relativize(file));
    if (known != null) {
      return known.contains(anchor) ? "" : "no such heading";
    }
    Matcher line = LINE_NUMBER.matcher(anchor);
    if (!line.matches()) {
      return "neither a heading of a page nor a line of a file";
    }
    int last = Integer.parseInt(line.group(2) == null ? line.group(1) : line.group(2));
    return last <= Files.readAllLines(file).size() ? "" : "the file is shorter";
  }

  private static String external(String target) {
    try {
      URI uri = new URI(target);
      boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      return web && uri.getHost() == null ? "no host" : "";
    } catch (URISyntaxException e) {
      return "no address: " + e.getReason();
    }
  }

  /** As GitHub makes them of headings. */
  private static Set<String> anchors(Page page) {
    Set<String> anchors = new TreeSet<>();
    for (Page.Line line : page.prose()) {
      if (line.text().matches("#{1,6} .*")) {
        String slug = slug(line.text().replaceFirst("^#+ +", ""));
        String unique = slug;
        for (int i = 1; !anchors.add(unique); i++) {
          unique = slug + "-" + i;
        }
      }
      Matcher named = NAMED.matcher(line.text());
      while (named.find()) {
        anchors.add(named.group(1));
      }
    }
    return anchors;
  }

  private static String slug(String heading) {
    String text =
        LINK.matcher(heading.strip()).replaceAll(m -> Matcher.quoteReplacement(m.group(2)));
    return text.toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{IsAlphabetic}\\p{IsDigit}\\-_ ]", "")
        .replace(' ', '-');
  }
}
