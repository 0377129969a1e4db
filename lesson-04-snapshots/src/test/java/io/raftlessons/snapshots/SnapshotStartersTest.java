package io.raftlessons.snapshots;

import io.raftlessons.course.StarterSuite;
import java.util.List;

class SnapshotStartersTest extends StarterSuite {
  @Override
  protected List<String> fewTests() {
    return List.of(
        "snapshots.SendingTest#takingASnapshotTrimsTheLog",
        "snapshots.SendingTest#aChunkFollowsEveryAnswer",
        "snapshots.ReceivingTest#aQuestionIsAnsweredWithHowMuchIsThere",
        "snapshots.ReceivingTest#anOlderSnapshotMovesNothingBack",
        "snapshots.ReceivingTest#theConfigurationComesWithIt");
  }
}
