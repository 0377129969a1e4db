package io.raftlessons.membership;

import io.raftlessons.course.StarterSuite;
import java.util.List;

class MembershipStartersTest extends StarterSuite {
  @Override
  protected List<String> fewTests() {
    return List.of(
        "membership.ChangesTest#theNextChangeWaitsUntilTheOneBeforeIsCommitted",
        "membership.ChangesTest#aTruncatedConfigurationCountsNoMore",
        "membership.StagingTest#aNewVoterJoinsAsNonvoterAndIsPromotedWhenItHasCaughtUp",
        "membership.TransferTest#aTargetThatLacksSomethingIsToldWhenItHasAll",
        "membership.LeaseTest#aQuorumsAnswerToAHeartbeatIsALease",
        "membership.FollowerReadsTest#aQuestionThatIsRepeatedIsAnsweredOnce",
        "membership.script.MembershipScriptsTest#leaderRemovesItself");
  }
}
