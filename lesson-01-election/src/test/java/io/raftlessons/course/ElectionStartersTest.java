package io.raftlessons.course;

import java.util.List;

class ElectionStartersTest extends StarterSuite {
  @Override
  protected List<String> fewTests() {
    return List.of(
        "election.VotingTest#timeoutsAreSpreadOverTheWholeRange",
        "election.ElectionTest#bareCandidateTriesAgainInANewTerm",
        "election.VotingTest#voteIsPersistedBeforeItIsSent",
        "election.ElectionTest#ownVoteCountsOnlyWhenItIsDurable",
        "election.VotingTest#onlyAnUpToDateLogIsVotedFor",
        "election.PreVoteTest#grantEchoesTermAndRoundAndChangesNothing",
        "election.LeaderLivenessTest#leaderThatHearsNobodyStepsDownAndFallsSilent",
        "script.ElectionScriptsTest#splitVote");
  }
}
