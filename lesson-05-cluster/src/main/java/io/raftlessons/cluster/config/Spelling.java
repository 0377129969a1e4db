package io.raftlessons.cluster.config;

import java.util.Comparator;

/** Finds what somebody may have meant. */
final class Spelling {
  private Spelling() {}

  /** The name of the setting that takes the fewest edits. */
  static String nearest(String key) {
    return Settings.ALL.stream()
        .filter(setting -> !setting.equals(Settings.CONFIG_FILE))
        .map(Setting::name)
        .min(Comparator.comparingInt(name -> distance(key, name)))
        .orElseThrow();
  }

  /** Levenshtein's distance. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
