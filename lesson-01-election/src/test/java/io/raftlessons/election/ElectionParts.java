package io.raftlessons.election;

import io.raftlessons.course.Implementation;

/** The parts of lesson 1 that are tested: the reference's, or a student's. */
public final class ElectionParts {
  public static final Election.Factory ELECTION =
      Implementation.of(Election.Factory.class, ReferenceElection::new);

  private ElectionParts() {}
}
