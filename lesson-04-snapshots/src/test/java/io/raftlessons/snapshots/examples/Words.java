package io.raftlessons.snapshots.examples;

import io.raftlessons.replication.StateMachine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The state machine of the examples: a list of words; a command adds one and is told its place. */
final class Words implements StateMachine {
  private List<String> words = new ArrayList<>();

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** On the apply loop only: ask with {@code raft.read(level, words::list)}. */
  List<String> list() {
    return List.copyOf(words);
  }

  @Override
  public List<byte[]> apply(List<Command> batch) {
    List<byte[]> places = new ArrayList<>();
    for (Command command : batch) {
      words.add(text(command.data()));
      places.add(bytes("word " + words.size()));
    }
    return places;
  }

  @Override
  public Snapshot snapshot() {
    byte[] now = bytes(String.join("\n", words));
    return out -> out.write(now);
  }

  @Override
  public void restore(InputStream snapshot) throws IOException {
    words = new ArrayList<>(text(snapshot.readAllBytes()).lines().toList());
  }
}
