package io.raftlessons.course.trace;

import io.raftlessons.course.trace.Recording.Event;
import io.raftlessons.course.trace.Recording.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads out of what is said of faults how long they last: cuts, until all cuts heal, and pauses.
 */
final class FaultBands {
  private static final Pattern PARTITION = Pattern.compile("partition (.*)");
  private static final Pattern ISOLATED = Pattern.compile("isolate (\\S+).*");
  private static final Pattern CUT = Pattern.compile("cut (\\S+) <?> (\\S+)");
  private static final Pattern PAUSE = Pattern.compile("stands still for (\\d+) ms");
  private static final Pattern HEAL = Pattern.compile("heal|cuts heal|everything heals");

  private record Open(int from, String kind, List<String> nodes, String text, long until) {}

  private final Recording recording;
  private final List<Open> open = new ArrayList<>();

  FaultBands(Recording recording) {
    this.recording = recording;
  }

  /** Something was done to the world. */
  void told(Event event, String text) {
    if (HEAL.matcher(text).matches()) {
      closeCuts(event.number);
    }
    Matcher partition = PARTITION.matcher(text);
    Matcher isolated = ISOLATED.matcher(text);
    Matcher cut = CUT.matcher(text);
    Matcher pause = PAUSE.matcher(text);
    if (partition.matches() && !text.contains("[]")) {
      begin(event, "partition", List.of(), partition.group(1));
    } else if (isolated.matches()) {
      begin(event, "isolated", List.of(isolated.group(1)), text);
    } else if (cut.matches()) {
      List<String> ends =
          Stream.of(cut.group(1), cut.group(2)).filter(n -> !n.equals("*")).toList();
      begin(event, "cut", ends, text);
    } else if (pause.matches()) {
      long until = event.nanos + Long.parseLong(pause.group(1)) * 1_000_000;
      open.add(new Open(event.number, "pause", List.of(event.node), text, until));
    }
  }

  private void begin(Event event, String kind, List<String> nodes, String text) {
    open.add(new Open(event.number, kind, nodes, text, Long.MAX_VALUE));
  }

  private void closeCuts(int at) {
    open.removeIf(
        fault -> {
          boolean isCut = !fault.kind().equals("pause");
          if (isCut) {
            close(fault, at);
          }
          return isCut;
        });
  }

  private void close(Open fault, int at) {
    recording.faults.add(new Fault(fault.from(), at, fault.kind(), fault.nodes(), fault.text()));
  }

  /** What lasts is over with the run, or when its time has come. */
  void end() {
    for (Open fault : open) {
      int to = -1;
      for (Event event : recording.events.subList(fault.from(), recording.events.size())) {
        if (to < 0 && event.nanos >= fault.until()) {
          to = event.number;
        }
      }
      close(fault, to);
    }
    open.clear();
  }
}
