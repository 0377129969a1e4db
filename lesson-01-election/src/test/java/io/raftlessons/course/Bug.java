package io.raftlessons.course;

import java.nio.file.Path;
import java.util.List;

/**
 * A known bug: edits of one source file of the reference, and the tests that must see them.
 *
 * @param bugFile where it is written down
 * @param rule the section of the paper or the thesis that it breaks
 * @param shippedIn who had it, or who tells of it
 * @param file the source file, below {@code src/main/java/io/raftlessons/}
 * @param expect the tests that must turn red, as {@code package.Class#method} below {@code
 *     io.raftlessons.}
 * @param also other names of the same bug
 * @param budget what the simulator may take to see it
 * @param text what a student should know of it
 */
public record Bug(
    Path bugFile,
    String id,
    String title,
    String rule,
    String shippedIn,
    String file,
    List<Edit> edits,
    List<String> expect,
    List<String> also,
    Budget budget,
    String text) {
  /** One edit: {@code find}, which is there exactly once, becomes {@code replace}. */
  public record Edit(String find, String replace) {}

  public Bug {
    edits = List.copyOf(edits);
    expect = List.copyOf(expect);
    also = List.copyOf(also);
  }

  /** Whether the bug goes by this id. */
  boolean isNamed(String name) {
    return id.equals(name) || also.contains(name);
  }

  /**
   * The source with the bug in it; the edits are made one after the other.
   *
   * @throws BrokenBugException if an edit matches not at all or more than once, or changes nothing
   */
  public String mutate(String source) {
    String mutant = source;
    for (Edit edit : edits) {
      int matches = count(mutant, edit.find());
      if (matches != 1) {
        throw new BrokenBugException(
            bugFile, "matches " + matches + " times in " + file + ", not once: " + edit.find());
      }
      mutant = mutant.replace(edit.find(), edit.replace());
    }
    if (mutant.equals(source)) {
      throw new BrokenBugException(bugFile, "changes nothing in " + file);
    }
    return mutant;
  }

  private static int count(String text, String part) {
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
      count++;
    }
    return count;
  }
}
