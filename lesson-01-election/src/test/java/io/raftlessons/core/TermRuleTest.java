package io.raftlessons.core;

import static io.raftlessons.core.CoreFixture.message;
import static io.raftlessons.core.CoreFixture.preVoteReply;
import static io.raftlessons.core.CoreFixture.requestVoteByTransfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every cell of the term rule, written down from Figure 2 and thesis 3.10, 4.2.3 and 9.6. */
class TermRuleTest {
  private static final long OURS = 5;

  private static final String TABLE =
      """
      message                  higher               equal   lower
      PRE_VOTE                 PASS                 ANSWER  ANSWER
      PRE_VOTE_REPLY/granted   PASS                 IGNORE  IGNORE
      PRE_VOTE_REPLY/refused   ADOPT                PASS    IGNORE
      REQUEST_VOTE             ADOPT_UNLESS_STICKY  PASS    ANSWER
      REQUEST_VOTE/transfer    ADOPT                PASS    ANSWER
      REQUEST_VOTE_REPLY       ADOPT                PASS    IGNORE
      APPEND_ENTRIES           ADOPT                PASS    ANSWER
      APPEND_ENTRIES_REPLY     ADOPT                PASS    IGNORE
      INSTALL_SNAPSHOT         ADOPT                PASS    ANSWER
      INSTALL_SNAPSHOT_REPLY   ADOPT                PASS    IGNORE
      TIMEOUT_NOW              IGNORE               PASS    IGNORE
      STORAGE_REFUSED          IGNORE               PASS    IGNORE
      READ_INDEX               ADOPT                PASS    IGNORE
      READ_INDEX_REPLY         ADOPT                PASS    IGNORE
      """;

  private static final Set<BodyCase> NOT_RAFT =
      EnumSet.of(BodyCase.FORWARD, BodyCase.FORWARD_REPLY, BodyCase.BODY_NOT_SET);

  static Stream<Arguments> cells() {
    return rows()
        .flatMap(
            row ->
                Stream.of(
                    arguments(row.get(0), "higher", OURS + 1, row.get(1)),
                    arguments(row.get(0), "much higher", OURS + 1000, row.get(1)),
                    arguments(row.get(0), "equal", OURS, row.get(2)),
                    arguments(row.get(0), "lower", OURS - 1, row.get(3)),
                    arguments(row.get(0), "much lower", 0L, row.get(3))));
  }

  static Stream<List<String>> rows() {
    return TABLE.lines().skip(1).map(line -> List.of(line.split(" +")));
  }

  @ParameterizedTest(name = "{0} of a {1} term: {3}")
  @MethodSource("cells")
  void verdictIsAsInTheTable(String message, String relation, long term, String verdict) {
    assertThat(TermRule.of(ofKind(message, term), OURS)).as(relation).hasToString(verdict);
  }

  @Test
  void tableHasEveryRaftMessage() {
    Set<BodyCase> inTable = EnumSet.noneOf(BodyCase.class);
    rows().forEach(row -> inTable.add(kindOf(row.get(0))));
    assertThat(inTable).isEqualTo(EnumSet.complementOf(EnumSet.copyOf(NOT_RAFT)));
  }

  @ParameterizedTest
  @EnumSource(
      value = BodyCase.class,
      names = {"FORWARD", "FORWARD_REPLY", "BODY_NOT_SET"})
  void whatIsNoRaftMessageHasNoRow(BodyCase kind) {
    assertThatThrownBy(() -> TermRule.of(empty(kind, OURS), OURS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(kind.name());
  }

  @ParameterizedTest
  @EnumSource(BodyCase.class)
  void onlyALeaderSendsAppendEntriesAndSnapshots(BodyCase kind) {
    boolean leaderOnly = kind == BodyCase.APPEND_ENTRIES || kind == BodyCase.INSTALL_SNAPSHOT;
    assertThat(TermRule.fromLeader(kind)).isEqualTo(leaderOnly);
  }

  /** A vote proves nothing about following; neither does a read that is answered to us (R5). */
  @ParameterizedTest
  @EnumSource(BodyCase.class)
  void onlyFollowersSendTheirRepliesAndReads(BodyCase kind) {
    boolean followerOnly =
        EnumSet.of(
                BodyCase.APPEND_ENTRIES_REPLY, BodyCase.INSTALL_SNAPSHOT_REPLY, BodyCase.READ_INDEX)
            .contains(kind);
    assertThat(TermRule.fromFollower(kind)).isEqualTo(followerOnly);
  }

  private static BodyCase kindOf(String message) {
    return BodyCase.valueOf(message.replaceAll("/.*", ""));
  }

  private static Envelope ofKind(String message, long term) {
    return switch (message) {
      case "PRE_VOTE_REPLY/granted" -> preVoteReply("s2", term, true, 1);
      case "PRE_VOTE_REPLY/refused" -> preVoteReply("s2", term, false, 1);
      case "REQUEST_VOTE/transfer" -> requestVoteByTransfer("s2", term);
      default -> empty(kindOf(message), term);
    };
  }

  /** A message of that kind with no field of its body set. */
  private static Envelope empty(BodyCase kind, long term) {
    Envelope.Builder body = Envelope.newBuilder();
    if (kind != BodyCase.BODY_NOT_SET) {
      var field = Envelope.getDescriptor().findFieldByNumber(kind.getNumber());
      body.setField(field, body.newBuilderForField(field).build());
    }
    return message("s2", term, body);
  }
}
