package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.course.Outcome.Colour;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final String SECONDS = "test.seconds";

  /** Has a state of its own of the class under test. */
  private final ClassLoader loader =
      new MutantLoader(Map.of(), PatienceTest.class.getClassLoader());

  /** Run by the tests around it, on classes of their own. */
  static final class Inner {
    @Test
    void endsWell() {}

    @Test
    void fails() {
      throw new IllegalStateException("as it is");
    }

    @Test
    void neverEnds() throws InterruptedException {
      new CountDownLatch(1).await();
    }
  }

  /** With a patience of one second; this test itself has been started with its own. */
  private Outcome run(String test) {
    String before = System.getProperty(SECONDS, "0");
    System.setProperty(SECONDS, "1");
    try {
      return TestRun.of("course.PatienceTest$Inner#" + test, loader);
    } finally {
      System.setProperty(SECONDS, before);
    }
  }

  @Test
  void aTestThatEndsIsAsItIs() {
    assertThat(run("endsWell").colour()).isEqualTo(Colour.GREEN);
    assertThat(run("fails").why()).isEqualTo("IllegalStateException: as it is");
  }

  @Test
  void aTestThatDoesNotEndIsGivenUpAndThoseAfterItAreNotRun() {
    assertThat(run("neverEnds").why()).isEqualTo("AssertionError: no end after 1 s");
    assertThat(run("endsWell").why()).isEqualTo("NotRun: not run: neverEnds did not end");
  }

  @Test
  void theStudentsLineIsNamed() {
    StackTraceElement[] where = {
      new StackTraceElement("java.util.ArrayList", "add", "ArrayList.java", 7),
      new StackTraceElement("io.raftlessons.election.MyElection", "onTime", "MyElection.java", 42),
      new StackTraceElement("io.raftlessons.election.MyOther", "x", "MyOther.java", 1)
    };
    assertThat(Patience.givenUp(60, where))
        .hasMessage("no end after 60 s: it is in MyElection.java, line 42");
  }
}
