package io.raftlessons.course;

import io.raftlessons.course.Outcome.Colour;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a {@link ZooWorker} is asked: to run tests on the classes of a mutant, one after the other.
 * It answers with an {@link Outcome} for each.
 *
 * @param nonce comes back with each outcome: code under test does not know it, and cannot answer
 */
record ZooJob(long nonce, Map<String, byte[]> mutant, List<String> tests) {
  private static final int MAX_WHY = 500;
  private static final int MAX_LINE = 2_000;

  void write(DataOutputStream out) throws IOException {
    out.writeLong(nonce);
    out.writeInt(mutant.size());
    for (Map.Entry<String, byte[]> type : mutant.entrySet()) {
      out.writeUTF(type.getKey());
      out.writeInt(type.getValue().length);
      out.write(type.getValue());
    }
    out.writeInt(tests.size());
    for (String test : tests) {
      out.writeUTF(test);
    }
    out.flush();
  }

  static ZooJob read(DataInputStream in) throws IOException {
    long nonce = in.readLong();
    Map<String, byte[]> mutant = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      mutant.put(in.readUTF(), in.readNBytes(in.readInt()));
    }
    List<String> tests = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      tests.add(in.readUTF());
    }
    return new ZooJob(nonce, mutant, tests);
  }

  void writeOutcome(Outcome outcome, DataOutputStream out) throws IOException {
    out.writeLong(nonce);
    out.writeUTF(outcome.test());
    out.writeUTF(outcome.colour().name());
    out.writeLong(outcome.millis());
    out.writeUTF(cut(outcome.why(), MAX_WHY));
    out.writeUTF(cut(outcome.grade().line(), MAX_LINE));
    out.flush();
  }

  private static String cut(String text, int length) {
    return text.substring(0, Math.min(length, text.length()));
  }

  /**
   * @throws IOException if it is no outcome, or one without this nonce
   */
  static Outcome readOutcome(long nonce, DataInputStream in) throws IOException {
    if (in.readLong() != nonce) {
      throw new IOException("somebody else writes");
    }
    try {
      return new Outcome(
          in.readUTF(),
          Colour.valueOf(in.readUTF()),
          in.readLong(),
          in.readUTF(),
          Grade.parse(in.readUTF()));
    } catch (RuntimeException e) {
      throw new IOException("no outcome", e);
    }
  }
}
