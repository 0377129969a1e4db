package io.raftlessons.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.script.ScriptSuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What the pages say is so. With {@code -Ddocs.update=true} the generated blocks are written
 * instead.
 */
class DocsTest {
  private static final String UPDATE =
      "./mvnw -q -pl lesson-05-cluster -am test -Dtest=DocsTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.update=true";

  private final Path root = ScriptSuite.root();

  @Test
  void whatIsGeneratedIsWhatTheCodeSays() throws IOException {
    List<String> problems = new ArrayList<>();
    try (GeneratedPage generated = new GeneratedPage(root)) {
      for (Page page : Page.all(root)) {
        generate(generated, page).ifPresent(problems::add);
      }
    }
    assertThat(String.join("\n", problems)).as("if that is meant: " + UPDATE).isEmpty();
  }

  @Test
  void linksLeadSomewhereAndPicturesHaveATextOfTheirOwn() throws IOException {
    List<Page> pages = Page.all(root);
    assertThat(pages).hasSizeGreaterThan(8);
    assertThat(new Links(root).problems(pages)).isEmpty();
  }

  @Test
  void commandsNameModulesProfilesAndTests() throws IOException {
    assertThat(new Commands(root).problems(Page.all(root))).isEmpty();
  }

  @Test
  void quotedMessagesAreSaidSomewhere() throws IOException {
    assertThat(new Messages(root).problems(Page.all(root))).isEmpty();
  }

  @Test
  void chaptersFollowTheTemplate() throws IOException {
    Glossary glossary = glossary();
    Pattern chapter = Pattern.compile("lesson-0([1-4])-\\w+/README.md");
    List<String> problems = new ArrayList<>();
    for (Page page : Page.all(root)) {
      Matcher matcher = chapter.matcher(page.path().toString().replace('\\', '/'));
      if (matcher.matches()) {
        problems.addAll(new Chapter(page, Integer.parseInt(matcher.group(1))).problems());
        problems.addAll(glossary.missing(page));
      }
    }
    assertThat(problems).isEmpty();
  }

  @Test
  void theGlossaryIsInOrder() throws IOException {
    assertThat(glossary().problems()).isEmpty();
  }

  private Glossary glossary() throws IOException {
    Path path = Path.of("docs", "glossary.md");
    return new Glossary(new Page(path, Files.readAllLines(root.resolve(path))));
  }

  private Optional<String> generate(GeneratedPage generated, Page page) throws IOException {
    try {
      List<String> fresh = generated.lines(page);
      if (fresh.equals(page.lines())) {
        return Optional.empty();
      }
      if (Boolean.getBoolean("docs.update")) {
        Files.write(root.resolve(page.path()), fresh);
        return Optional.empty();
      }
      return Optional.of(difference(page, fresh));
    } catch (DocsException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static String difference(Page page, List<String> fresh) {
    int at = 0;
    List<String> old = page.lines();
    while (at < Math.min(old.size(), fresh.size()) && old.get(at).equals(fresh.get(at))) {
      at++;
    }
    return String.format(
        "%s:%d%n  page: %s%n  code: %s",
        page.path(),
        at + 1,
        at < old.size() ? old.get(at) : "(ends)",
        at < fresh.size() ? fresh.get(at) : "(ends)");
  }
}
