package io.raftlessons.course.trace;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.course.RuleBook;
import io.raftlessons.course.trace.Recording.Event;
import io.raftlessons.course.trace.Recording.Message;
import io.raftlessons.sim.Plan;
import io.raftlessons.sim.Scenario;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What is asked of a lesson's recordings: they change no run, they hang together, the named ones
 * are those on record, and so are the figures made of them. {@code -Dgolden.update=true} writes the
 * record, {@code -Ddocs.update=true} the figures: look at the difference before you believe it.
 */
public abstract class TraceSuite {
  private static final long SEEDS = 2;

  protected abstract LessonTraces traces();

  @Test
  void recordingChangesNoRun() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Scenario.Run bare = traces().simulation().prepare(seed);
      bare.world().hashDeeply();
      bare.play();
      Scenario.Run recorded = traces().simulation().prepare(seed);
      recorded.world().hashDeeply();
      RunRecorder.of(recorded.world());
      recorded.play();
      assertThat(recorded.world().events()).isEqualTo(bare.world().events());
      assertThat(recorded.world().hash()).isEqualTo(bare.world().hash());
    }
  }

  @Test
  void aSeedsRecordingHangsTogether() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      SimTraces.Recorded run = SimTraces.record(traces().simulation(), seed, Plan.NOTHING);
      assertThat(run.broken()).isNull();
      hangsTogether(run.recording());
    }
  }

  private static void hangsTogether(Recording run) {
    RuleBook book = RuleBook.read();
    assertThat(run.events).isNotEmpty();
    for (int i = 0; i < run.size(); i++) {
      Event event = run.events.get(i);
      assertThat(event.number).isEqualTo(i);
      assertThat(event.nanos).isGreaterThanOrEqualTo(i == 0 ? 0 : run.events.get(i - 1).nanos);
      assertThat(event.cause).isLessThan(i);
      assertThat(event.rules).allMatch(id -> book.find(id).isPresent());
      event.sent.forEach(sent -> assertThat(run.messages.get(sent).sentBy).isEqualTo(event.number));
    }
    for (Message message : run.messages) {
      Event by = run.events.get(message.sentBy);
      assertThat(by.node).isEqualTo(message.from);
      assertThat(by.sent).contains(message.number);
      for (int receiver : message.receivedBy) {
        assertThat(receiver).isGreaterThan(message.sentBy);
        assertThat(run.events.get(receiver).node).isEqualTo(message.to);
        assertThat(run.events.get(receiver).message).isEqualTo(message.number);
      }
    }
    assertThat(run.messages.stream().filter(m -> m.fate().equals("delivered"))).isNotEmpty();
  }

  @Test
  void namedScenariosAreThoseOnRecord() throws IOException {
    Path record = Path.of("src/test/resources/golden/traces.txt");
    List<String> lines = new ArrayList<>();
    for (var named : Scenarios.all().entrySet()) {
      if (named.getValue().lesson().equals(traces().lesson())) {
        LessonTraces.Shown shown = traces().scenario(named.getValue().name());
        hangsTogether(shown.recording());
        About about = About.ofScenario(named.getKey(), traces().lesson(), shown);
        Map<String, Object> json = TraceJson.of(shown.recording(), about);
        json.keySet().removeAll(List.of("rules", "geo", "repro")); // words and sizes, not the run
        lines.add(
            String.format(
                "%s %d events %d messages %s",
                named.getKey(),
                shown.recording().size(),
                shown.recording().messages.size(),
                hash(Json.text(json))));
      }
    }
    String fresh = String.join("\n", lines) + "\n";
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(requireNonNull(record.getParent()));
      Files.writeString(record, fresh);
    }
    assertThat(fresh)
        .as("traces changed; if that is meant: -Dgolden.update=true")
        .isEqualTo(Files.readString(record));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void figuresAreWhatTheRunsShow() throws IOException {
    Path directory = Path.of("figures");
    if (!Files.exists(directory.resolve("figures.txt"))) {
      assertThat(directory).doesNotExist();
      return;
    }
    Map<String, Recording> runs = new TreeMap<>();
    List<String> files = new ArrayList<>(List.of("figures.txt"));
    for (FigureSpec spec : FigureSpec.parse(Files.readString(directory.resolve("figures.txt")))) {
      String svg = Figure.svg(run(runs, spec), spec);
      Path file = directory.resolve(spec.name() + ".svg");
      files.add(spec.name() + ".svg");
      if (Boolean.getBoolean("docs.update")) {
        Files.writeString(file, svg);
      }
      assertThat(file).as("missing or old: -Ddocs.update=true writes it").hasContent(svg);
    }
    try (var there = Files.list(directory)) {
      assertThat(there.map(file -> String.valueOf(file.getFileName())))
          .containsExactlyInAnyOrderElementsOf(files);
    }
  }

  private Recording run(Map<String, Recording> runs, FigureSpec spec) throws IOException {
    String key = spec.seed() != null ? "seed " + spec.seed() : spec.scenario();
    Recording known = runs.get(key);
    if (known == null) {
      known =
          spec.seed() != null
              ? SimTraces.record(traces().simulation(), spec.seed(), Plan.NOTHING).recording()
              : traces()
                  .scenario(Scenarios.find(requireNonNull(spec.scenario())).name())
                  .recording();
      runs.put(requireNonNull(key), known);
    }
    return known;
  }
}
