package io.raftlessons.core;

import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A part that writes down what it is told, with its name, and does what the test says. */
final class ScriptedPart implements Part, Listener {
  private final String name;
  private final List<String> journal;
  private final Set<BodyCase> kinds;

  BiConsumer<Step, Envelope> onMessage = (step, message) -> {};
  Consumer<Step> onTime = step -> {};
  Consumer<Step> endOfStep = step -> {};
  Consumer<Step> becameFollower = step -> {};
  BiConsumer<Step, String> onEvent = (step, event) -> {};
  Predicate<Envelope> admits = message -> true;
  long wakeAt = Long.MAX_VALUE;
  String description = "";

  ScriptedPart(String name, List<String> journal, BodyCase... kinds) {
    this.name = name;
    this.journal = journal;
    this.kinds = EnumSet.noneOf(BodyCase.class);
    this.kinds.addAll(List.of(kinds));
  }

  private void note(String what) {
    journal.add(name + " " + what);
  }

  @Override
  public Set<BodyCase> handles() {
    return kinds;
  }

  @Override
  public boolean admits(Step step, Envelope message) {
    return admits.test(message);
  }

  @Override
  public void onMessage(Step step, Envelope message) {
    note(message.getBodyCase() + " in term " + step.currentTerm());
    onMessage.accept(step, message);
    note("returns");
  }

  @Override
  public void refuse(Step step, Envelope request) {
    note("refuses " + request.getBodyCase());
  }

  @Override
  public void onTime(Step step) {
    note("time");
    onTime.accept(step);
  }

  @Override
  public void endOfStep(Step step) {
    endOfStep.accept(step);
  }

  @Override
  public long wakeAt(Step step) {
    return wakeAt;
  }

  @Override
  public void describe(StringBuilder text) {
    text.append(description);
  }

  @Override
  public void becameFollower(Step step) {
    note("follower in term " + step.currentTerm());
    becameFollower.accept(step);
  }

  @Override
  public void becameCandidate(Step step) {
    note("candidate in term " + step.currentTerm());
  }

  @Override
  public void becameLeader(Step step) {
    note("leader in term " + step.currentTerm());
  }

  @Override
  public void happened(Step step, String event) {
    note("hears " + event);
    onEvent.accept(step, event);
  }
}
