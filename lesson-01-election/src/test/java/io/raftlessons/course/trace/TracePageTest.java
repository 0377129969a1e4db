package io.raftlessons.course.trace;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.Role;
import io.raftlessons.course.RuleBook;
import io.raftlessons.course.trace.Recording.Event;
import io.raftlessons.course.trace.Recording.Kind;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.sim.ElectionScenario;
import io.raftlessons.sim.Plan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The page's data say what the recording says, and the page needs nothing but itself. */
class TracePageTest {
  private static final Recording RUN =
      SimTraces.record(new ElectionScenario(ReferenceElection::new), 3, Plan.NOTHING).recording();

  private static About about(boolean ok, String text) {
    return new About(
        "X-3",
        "lesson-01-election",
        "mine",
        "X",
        3L,
        ok,
        ok ? "" : "Safety",
        text,
        7,
        "run it",
        90,
        8);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> list(Map<String, Object> json, String name) {
    return (List<Map<String, Object>>) requireNonNull(json.get(name));
  }

  private static int number(Map<String, Object> json, String name) {
    return (int) requireNonNull(json.get(name));
  }

  @Test
  void theRuleIsNotSaidTwice() {
    assertThat(about(false, "Safety: two leaders").text()).isEqualTo("two leaders");
    assertThat(about(false, "two leaders: Safety: ").text()).isEqualTo("two leaders: Safety: ");
    assertThat(about(true, "all went well").text()).isEqualTo("all went well");
  }

  @Test
  void aKeyframeAndWhatChangedSinceAreTheState() {
    Map<String, Object> json = TraceJson.of(RUN, about(true, "all went well"));
    List<Map<String, Object>> keys = list(json, "key");
    assertThat(keys).hasSize(1 + (RUN.size() - 1) / 100);
    for (int k = 0; k + 1 < keys.size(); k++) {
      assertThat(after(json, keys.get(k), number(keys.get(k + 1), "step")))
          .isEqualTo(keys.get(k + 1).get("state"));
    }
    Map<String, Object> last = keys.get(keys.size() - 1);
    assertThat(after(json, last, RUN.size())).isEqualTo(RUN.stateBefore(RUN.size()));
  }

  /** As the page does it. */
  @SuppressWarnings("unchecked")
  private static Map<String, Map<String, String>> after(
      Map<String, Object> json, Map<String, Object> keyframe, int end) {
    Map<String, Map<String, String>> state = new LinkedHashMap<>();
    ((Map<String, Map<String, String>>) requireNonNull(keyframe.get("state")))
        .forEach((node, fields) -> state.put(node, new LinkedHashMap<>(fields)));
    for (Map<String, Object> event : list(json, "ev")) {
      int number = number(event, "i");
      if (number < number(keyframe, "step") || number >= end || "".equals(event.get("n"))) {
        continue;
      }
      Map<String, String> fields = requireNonNull(state.get((String) event.get("n")));
      if (List.of("crash", "stop", "start").contains((String) event.get("k"))) {
        fields.clear();
      }
      ((Map<String, String>) event.getOrDefault("d", Map.of()))
          .forEach(
              (name, value) -> {
                if (value.isEmpty()) {
                  fields.remove(name);
                } else {
                  fields.put(name, value);
                }
              });
    }
    return state;
  }

  @Test
  void whatTheRunReachedIsInItsEvents() {
    assertThat(RUN.events).anyMatch(event -> event.label.startsWith("leads term"));
    assertThat(RUN.events).anyMatch(event -> event.label.contains("votes for"));
    assertThat(RUN.events).anyMatch(event -> event.kind == Kind.CRASH);
    assertThat(RUN.events).anyMatch(event -> event.quiet).anyMatch(event -> !event.disk.isEmpty());
    assertThat(RUN.messages).anyMatch(message -> !message.lost.isEmpty());
    assertThat(RUN.faults).isNotEmpty();
    assertThat(RUN.events.stream().flatMap(event -> event.rules.stream()))
        .contains("ALL-2", "CAN-2", "FOL-2", "LD-1", "PS-1", "RV-2");
    RuleBook book = RuleBook.read();
    RUN.events.forEach(e -> assertThat(e.rules).allMatch(id -> book.find(id).isPresent()));
    assertThat(RUN.stateBefore(RUN.size()).values())
        .anyMatch(fields -> Role.LEADER.name().equals(fields.get("role")));
  }

  @Test
  void aLongRunKeepsItsFaultsAndItsEnd() {
    Recording run = new Recording(List.of("n1", "n2"));
    for (int i = 0; i < 12_000; i++) {
      Event event = new Event(i, i * 1_000L, i % 2 == 0 ? "n1" : "n2", Kind.TIME);
      if (i % 100 == 50) {
        event = new Event(i, i * 1_000L, "", Kind.FAULT);
      } else {
        event.changed = Map.of("currentTerm", Integer.toString(i), "role", "FOLLOWER");
      }
      run.events.add(event);
    }
    Map<String, Object> json = TraceJson.of(run, about(true, "long"));
    List<Map<String, Object>> events = list(json, "ev");
    assertThat(events).hasSize(TraceJson.WHOLE_AT_END + 100);
    assertThat(json.get("left")).isEqualTo(12_000 - events.size());
    assertThat(events.get(0)).containsEntry("k", "fault").containsEntry("i", 50);
    Map<String, Object> last = list(json, "key").get(19);
    assertThat(after(json, last, 12_000)).isEqualTo(run.stateBefore(12_000));
  }

  @Test
  void thePageNeedsNothingButItself() {
    String page = TracePage.html(RUN, about(false, "a </script><b>\u2028 \"quoted\" & more"));
    assertThat(page.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http:", "https:", "<link rel=\"style", " src=", "@DATA@", "@TABLE@");
    assertThat(page.split("</script>", -1)).hasSize(3);
    assertThat(page).contains("<noscript><h1>a &lt;/script&gt;&lt;b&gt;");
    assertThat(page)
        .contains("a \\u003c/script\\u003e\\u003cb\\u003e\\u2028 \\\"quoted\\\" \\u0026");
  }

  /** What waits for the disk leaves before the step in which the server hears that it is there. */
  @Test
  void aLossThatIsToldBeforeItsStepIsNotForgotten() {
    SimTraces.Recorded run =
        SimTraces.record(new ElectionScenario(ReferenceElection::new), 8, Plan.NOTHING);
    assertThat(run.recording().messages)
        .filteredOn(message -> message.fate().equals("inflight"))
        .allMatch(message -> message.sentBy > run.recording().size() - 20);
  }

  @Test
  void theTemplateStaysSmall() {
    String template =
        Resources.text("page.html") + Resources.text("page.js") + Resources.styleOfPage();
    assertThat(template.length()).isLessThan(60 * 1024);
    assertThat(template.lines()).hasSizeLessThan(900);
  }

  @Test
  void fieldsAreReadOutOfADescription() {
    assertThat(
            Fields.of(
                "role=LEADER votedFor=n1 votes=[n1, n2] log=[after 3:1 ... 5:2 6:2] persisted=5"
                    + " n2=REPLICATE next 7 match 6 round 3 snapshot=3:1 sending n3=3@40"))
        .containsExactly(
            Map.entry("role", "LEADER"),
            Map.entry("votedFor", "n1"),
            Map.entry("votes", "[n1, n2]"),
            Map.entry("log", "[after 3:1 ... 5:2 6:2]"),
            Map.entry("persisted", "5"),
            Map.entry("n2", "REPLICATE next 7 match 6 round 3"),
            Map.entry("snapshot", "3:1"),
            Map.entry("sending n3", "3@40"));
  }

  @Test
  void anUnknownScenarioIsToldWhichThereAre() {
    assertThatThrownBy(() -> Scenarios.find("figure9"))
        .hasMessageStartingWith("no scenario figure9; there are ")
        .hasMessageContaining("deposed-leader, ")
        .hasMessageContaining("figure8, ")
        .hasMessageContaining("snapshot-over-conflicting-log");
  }

  @Test
  void aListOfFiguresThatMakesNoSenseSaysWhy() {
    String figure = "figure: a\nscenario: election\nsteps: 3-9\ntitle: T\nalt: A\n";
    assertThat(FigureSpec.parse("# for writers\n" + figure + "\n" + figure.replace(" a\n", " b\n")))
        .extracting(FigureSpec::name)
        .containsExactly("a", "b");
    assertThatThrownBy(() -> FigureSpec.parse(figure + "seed: 4\n"))
        .hasMessageStartingWith("figure a wants figure, scenario or seed");
    assertThatThrownBy(() -> FigureSpec.parse(figure.replace("alt: A\n", "")))
        .hasMessageStartingWith("a figure without alt");
    assertThatThrownBy(() -> FigureSpec.parse("figure: a\nwhat\n"))
        .hasMessage("figures.txt:2: no 'key: value'");
    assertThatThrownBy(
            () -> Figure.svg(RUN, FigureSpec.parse(figure.replace("3-9", "3-99999")).get(0)))
        .hasMessageStartingWith("a: no steps 3-99999, the last one is");
  }
}
