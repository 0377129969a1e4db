package io.raftlessons.core;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Who belongs to the group, who votes, and what a quorum is. */
public interface Electorate {
  /** All servers of the group, voters and others, in a fixed order. */
  SortedSet<String> members();

  /** Whether this server votes. */
  boolean votes(String id);

  /**
   * Whether this server may campaign: if it votes. Lesson 3 knows of servers that have just lost
   * their vote.
   */
  default boolean mayCampaign(String id) {
    return votes(id);
  }

  /**
   * Where in the log this server joined the group; 0 if it was there from the start. Lesson 3 tells
   * it to a server that gets the log from its beginning.
   */
  default long joinedAt(String id) {
    return 0;
  }

  /**
   * Whether the voters of which {@code has} holds are a majority of the voters. Commit, votes,
   * reads and check-quorum all ask this one question.
   */
  boolean isQuorum(Predicate<String> has);

  /** An electorate that never changes, all of whose members vote. */
  static Electorate fixed(Collection<String> voters) {
    if (voters.isEmpty()) {
      throw new IllegalArgumentException("an electorate needs at least one voter");
    }
    SortedSet<String> members = Collections.unmodifiableSortedSet(new TreeSet<>(voters));
    return new Electorate() {
      @Override
      public SortedSet<String> members() {
        return members;
      }

      @Override
      public boolean votes(String id) {
        return members.contains(id);
      }

      @Override
      public boolean isQuorum(Predicate<String> has) {
        int count = 0;
        for (String id : members) {
          if (has.test(id)) {
            count++;
          }
        }
        return count > members.size() / 2;
      }
    };
  }
}
