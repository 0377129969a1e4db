package io.raftlessons.core;

import io.raftlessons.core.TermRule.Verdict;
import io.raftlessons.course.Budget;
import io.raftlessons.course.Bug;
import io.raftlessons.course.Bug.Edit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Each cell of the term rule's table with each verdict that is not its own: a bug each. */
public final class TermRuleBugs {
  private static final List<String> COLUMNS = List.of("higher", "equal", "lower");
  private static final String FIND = "    Row row = row(message);";

  /**
   * What goes wrong in a server, cell by cell: a test that is red whatever the wrong verdict, but
   * for the one at the end of the line, with which the part comes to the same end. Kinds that are
   * not here are handled by parts of later lessons.
   */
  private static final String BEHAVIOUR =
      """
      PRE_VOTE-higher                election.PreVoteTest#grantEchoesTermAndRoundAndChangesNothing
      PRE_VOTE-equal                 election.PreVoteTest#whoAsksForATermThatIsOverIsToldOurs
      PRE_VOTE-lower                 election.PreVoteTest#whoAsksForATermThatIsOverIsToldOurs
      PRE_VOTE_REPLY/granted-higher  election.ElectionTest#grantsToACandidateThatAskedAgainCountAtOnce
      PRE_VOTE_REPLY/granted-equal   election.PreVoteTest#anAnswerThatIsTooLateChangesNothing PASS
      PRE_VOTE_REPLY/granted-lower   election.PreVoteTest#anAnswerThatIsTooLateChangesNothing PASS
      PRE_VOTE_REPLY/refused-higher  election.PreVoteTest#aRefusalOfAHigherTermIsAdoptedThoughALeaderLives
      PRE_VOTE_REPLY/refused-equal   election.PreVoteTest#anAnswerThatIsTooLateChangesNothing IGNORE
      PRE_VOTE_REPLY/refused-lower   election.PreVoteTest#anAnswerThatIsTooLateChangesNothing PASS
      REQUEST_VOTE-higher            core.RaftCoreTest#stickinessSurvivesAdoption
      REQUEST_VOTE-equal             election.VotingTest#aVoteOutlivesARestart
      REQUEST_VOTE-lower             election.VotingTest#anOlderTermIsRefusedWithOurs
      REQUEST_VOTE/transfer-higher   election.LeaderLivenessTest#transferBreaksIn
      REQUEST_VOTE/transfer-equal    election.LeaderLivenessTest#transferGivesNoSecondVoteInATerm
      REQUEST_VOTE/transfer-lower    election.LeaderLivenessTest#transferOfAnOlderTermIsRefusedWithOurs
      REQUEST_VOTE_REPLY-higher      core.RaftCoreTest#aNewTermHasNoVoteAndNoLeader
      REQUEST_VOTE_REPLY-equal       election.ElectionTest#ownVoteCountsOnlyWhenItIsDurable
      REQUEST_VOTE_REPLY-lower       election.ElectionTest#votesOfAnOlderTermDoNotCount
      APPEND_ENTRIES-higher          core.RaftCoreTest#allPartsHearOfTheNewTermBeforeTheMessage
      APPEND_ENTRIES-equal           election.ElectionTest#candidateStepsDownForALeaderOfItsOwnTerm
      APPEND_ENTRIES-lower           election.ElectionTest#candidateIgnoresALeaderOfAnOlderTermAndTellsItSo
      APPEND_ENTRIES_REPLY-higher    election.LeaderLivenessTest#leaderStepsDownForAHigherTermInAReply
      APPEND_ENTRIES_REPLY-equal     election.LeaderLivenessTest#leaderThatHearsAQuorumStays
      APPEND_ENTRIES_REPLY-lower     core.RaftCoreTest#aReplyOfAnOlderTermIsNotHeard
      """;

  private TermRuleBugs() {}

  /** The wrong verdicts of a cell are variants of one bug, {@code T-<message>-<column>}. */
  public static List<Bug> all() {
    List<Bug> bugs = new ArrayList<>();
    TermRuleTest.rows()
        .forEach(
            row -> {
              for (int column = 0; column < COLUMNS.size(); column++) {
                for (Verdict wrong : Verdict.values()) {
                  if (!wrong.name().equals(row.get(1 + column))) {
                    bugs.add(bug(row.get(0), column, wrong));
                  }
                }
              }
            });
    return bugs;
  }

  private static Bug bug(String message, int column, Verdict wrong) {
    List<String> verdicts = new ArrayList<>(List.of("row.higher()", "row.equal()", "row.lower()"));
    verdicts.set(column, "Verdict." + wrong);
    String replace =
        FIND
            + String.format(
                Locale.ROOT,
                "%nif (%s) { row = new Row(%s); }",
                condition(message),
                String.join(", ", verdicts));
    String cell = message + "-" + COLUMNS.get(column);
    return new Bug(
        Path.of("TermRuleBugs"),
        "T-" + cell,
        "verdict " + wrong,
        "Figure 2, Rules for Servers",
        "the table of the term rule",
        "core/TermRule.java",
        List.of(new Edit(FIND, replace)),
        expect(cell, wrong),
        List.of(),
        Budget.USUAL,
        "");
  }

  private static List<String> expect(String cell, Verdict wrong) {
    List<String> tests = new ArrayList<>(List.of("core.TermRuleTest#verdictIsAsInTheTable"));
    for (String line : BEHAVIOUR.lines().toList()) {
      List<String> words = List.of(line.split(" +"));
      if (words.get(0).equals(cell) && !words.contains(wrong.name())) {
        tests.add(words.get(1));
      }
    }
    return tests;
  }

  private static String condition(String message) {
    String[] parts = message.split("/");
    String kind = "message.getBodyCase() == BodyCase." + parts[0];
    if (parts.length == 1 && !message.equals("REQUEST_VOTE")) {
      return kind;
    }
    return kind
        + switch (parts.length == 1 ? "" : parts[1]) {
          case "granted" -> " && message.getPreVoteReply().getGranted()";
          case "refused" -> " && !message.getPreVoteReply().getGranted()";
          case "transfer" -> " && message.getRequestVote().getLeadershipTransfer()";
          case "" -> " && !message.getRequestVote().getLeadershipTransfer()";
          default -> throw new IllegalArgumentException(message);
        };
  }
}
