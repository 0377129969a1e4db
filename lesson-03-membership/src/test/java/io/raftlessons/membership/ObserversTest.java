package io.raftlessons.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.core.Role;
import io.raftlessons.core.Standing;
import io.raftlessons.membership.Observation.LeaderObservation;
import io.raftlessons.membership.Observation.PeerObservation;
import io.raftlessons.membership.Observation.RaftState;
import io.raftlessons.wire.Configuration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One observer is no other's trouble. */
class ObserversTest {
  private static final Configuration ONE = Configurations.ofVoters(List.of("s1"));
  private static final Configuration THREE = Configurations.ofVoters(List.of("s1", "s2", "s3"));
  private static final PeerObservation S2 =
      new PeerObservation(Configurations.voter("s2", "s2"), false);
  private static final PeerObservation S3 =
      new PeerObservation(Configurations.voter("s3", "s3"), false);

  private final ArrayDeque<Runnable> callbacks = new ArrayDeque<>();
  private final Observers observers = new Observers(callbacks::add, ONE);
  private final List<Observation> seen = new ArrayList<>();

  /** Runs what was posted as a host does: in order, and what throws ends that task alone. */
  private List<String> settle() {
    List<String> thrown = new ArrayList<>();
    while (!callbacks.isEmpty()) {
      try {
        callbacks.remove().run();
      } catch (IllegalStateException e) {
        thrown.add(String.valueOf(e.getMessage()));
      }
    }
    return thrown;
  }

  private void standing(Role role, long term, String leader) {
    callbacks.add(() -> observers.standing(new Standing.Status(role, term, leader)));
  }

  @Test
  void whatDoesNotFitIsDroppedAndCounted() {
    Observer slow = new Observer(2, seen -> seen instanceof PeerObservation);
    observers.register(slow);
    standing(Role.LEADER, 2, "s1");
    observers.configuration(THREE);
    observers.configuration(ONE);
    settle();
    assertThat(slow.observed()).isEqualTo(2);
    assertThat(slow.dropped()).isEqualTo(2);
    assertThat(slow.poll()).isEqualTo(S2);
    assertThat(slow.poll()).isEqualTo(S3);
    assertThat(slow.poll()).isNull();
  }

  @Test
  void oneThatThrowsSilencesNeitherTheOthersNorWhatComesNext() {
    observers.register(
        observation -> {
          throw new IllegalStateException(observation.getClass().getSimpleName());
        });
    observers.register(seen::add);
    standing(Role.LEADER, 2, "s1");
    observers.configuration(THREE);
    assertThat(settle())
        .as("each comes to the host, which logs it, once")
        .containsExactly("RaftState", "LeaderObservation", "PeerObservation", "PeerObservation");
    assertThat(seen)
        .containsExactly(new RaftState(Role.LEADER, 2), new LeaderObservation("s1"), S2, S3);
  }

  @Test
  void whoEndsItHearsNothingMore() {
    List<Runnable> end = new ArrayList<>();
    end.add(
        observers.register(
            observation -> {
              seen.add(observation);
              end.get(0).run();
            }));
    observers.configuration(THREE);
    assertThat(settle()).isEmpty();
    assertThat(seen).containsExactly(S2);
  }
}
