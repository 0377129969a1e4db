package io.raftlessons.course;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Prints the score of a build when everything else has been said, so that nothing hides it. */
public final class TellScore {
  private TellScore() {}

  /**
   * @param args the directory in which the score is, and the build's name, as {@link ScoreListener}
   *     has them; nothing is printed if the score is another build's, or if there is none
   */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    Path collected = directory.resolve(ScoreListener.COLLECTED);
    if (Files.exists(collected) && Files.readAllLines(collected).get(0).equals(args[1])) {
      List<String> text = Files.readAllLines(directory.resolve(ScoreFiles.TEXT));
      text.forEach(System.out::println);
    }
  }
}
