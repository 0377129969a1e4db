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
 */
record ZooJob(Map<String, byte[]> mutant, List<String> tests) {
  private static final int MAX_WHY = 500;

  void write(DataOutputStream out) throws IOException {
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
    Map<String, byte[]> mutant = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      mutant.put(in.readUTF(), in.readNBytes(in.readInt()));
    }
    List<String> tests = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      tests.add(in.readUTF());
    }
    return new ZooJob(mutant, tests);
  }

  static void writeOutcome(Outcome outcome, DataOutputStream out) throws IOException {
    String why = outcome.why();
    out.writeUTF(outcome.test());
    out.writeUTF(outcome.colour().name());
    out.writeLong(outcome.millis());
    out.writeUTF(why.substring(0, Math.min(MAX_WHY, why.length())));
    out.flush();
  }

  static Outcome readOutcome(DataInputStream in) throws IOException {
    return new Outcome(in.readUTF(), Colour.valueOf(in.readUTF()), in.readLong(), in.readUTF());
  }
}
