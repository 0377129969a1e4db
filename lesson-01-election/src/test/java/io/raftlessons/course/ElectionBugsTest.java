package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftlessons.core.TermRuleBugs;
import io.raftlessons.sim.ElectionSimulationTest;
import io.raftlessons.sim.SimulationSuite;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElectionBugsTest extends BugSuite {
  @Override
  protected Class<? extends SimulationSuite> simulation() {
    return ElectionSimulationTest.class;
  }

  @Override
  protected List<Bug> generated() {
    return TermRuleBugs.all();
  }

  @Test
  void aBugIsChosenByItsId() throws IOException {
    assertThat(chosen("E01")).extracting(Bug::id).containsExactly("E01");
    assertThat(chosen("T-PRE_VOTE-equal")).extracting(Bug::id).containsOnly("T-PRE_VOTE-equal");
    assertThat(chosen("")).hasSizeGreaterThan(TermRuleBugs.all().size());
  }

  @Test
  void bugsOfOtherLessonsAreLeftToThem() throws IOException {
    assertThat(chosen("R01")).isEmpty();
    assertThat(new MakesNone().chosen("T-PRE_VOTE-equal")).isEmpty();
  }

  private static final class MakesNone extends BugSuite {
    @Override
    protected Class<? extends SimulationSuite> simulation() {
      return ElectionSimulationTest.class;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"E99", "T-TYPO"})
  void anIdThatNoLessonHasIsRefused(String id) {
    assertThatThrownBy(() -> chosen(id))
        .isInstanceOf(AssertionError.class)
        .hasMessage("-Dzoo.bug=" + id + ": no lesson has a bug of that name");
  }
}
