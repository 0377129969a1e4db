package io.raftlessons.course.trace;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The files that pages and figures are made of. */
final class Resources {
  private static final String LIGHT = "/*light*/ svg.diagram {";
  private static final String DARK = "/*dark*/ svg.diagram {";

  private Resources() {}

  static String text(String name) {
    try (InputStream in = Resources.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The drawing's style where the page says whether it is light or dark. */
  static String styleOfPage() {
    return text("diagram.css").replace(LIGHT, ":root {").replace(DARK, ":root[data-theme=dark] {");
  }

  /** The drawing's style where the reader's settings say so. */
  static String styleOfFigure() {
    StringBuilder style = new StringBuilder();
    for (String line : text("diagram.css").lines().toList()) {
      if (line.startsWith(DARK)) {
        style.append("@media (prefers-color-scheme: dark) { ").append(line).append(" }");
      } else {
        style.append(line);
      }
      style.append('\n');
    }
    return style.toString().replace("/*light*/ ", "").replace("/*dark*/ ", "");
  }
}
