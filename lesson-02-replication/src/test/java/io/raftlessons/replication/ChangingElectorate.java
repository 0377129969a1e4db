package io.raftlessons.replication;

import io.raftlessons.core.Electorate;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** An electorate that a test changes under a running server, as a configuration entry does. */
final class ChangingElectorate implements Electorate {
  private final SortedSet<String> voters = new TreeSet<>();
  private final SortedSet<String> members = new TreeSet<>();

  ChangingElectorate(Collection<String> voters) {
    voters.forEach(this::voter);
  }

  /** A voter from now on, whatever it was. */
  void voter(String id) {
    members.add(id);
    voters.add(id);
  }

  /** A member without a vote from now on, whatever it was. */
  void nonvoter(String id) {
    members.add(id);
    voters.remove(id);
  }

  void remove(String id) {
    members.remove(id);
    voters.remove(id);
  }

  @Override
  public SortedSet<String> members() {
    return members;
  }

  @Override
  public boolean votes(String id) {
    return voters.contains(id);
  }

  @Override
  public boolean isQuorum(Predicate<String> has) {
    return voters.stream().filter(has).count() > voters.size() / 2;
  }
}
