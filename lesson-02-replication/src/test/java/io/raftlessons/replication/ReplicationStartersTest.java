package io.raftlessons.replication;

import io.raftlessons.course.StarterSuite;
import java.util.List;

class ReplicationStartersTest extends StarterSuite {
  @Override
  protected List<String> fewTests() {
    return List.of(
        "replication.CommitTest#aNewLeaderAppendsANoopAndSendsItToAll",
        "replication.AppendEntriesTest#step3_aConflictingEntryAndAllAfterItGo",
        "replication.AppendEntriesTest#step5_nothingBehindTheVerifiedPrefixCommits",
        "replication.CommitTest#anAnswerCountsForWhatItsRequestCarried",
        "replication.CommitTest#figure8_anEntryOfTheOwnTermCommitsAllBeforeIt",
        "replication.AppendEntriesTest#step2_withAnotherTermBeforeItIsRefused",
        "replication.ReadsTest#aReadWaitsForTheFirstCommitOfTheOwnTerm",
        "replication.script.ReplicationScriptsTest#figure8");
  }
}
