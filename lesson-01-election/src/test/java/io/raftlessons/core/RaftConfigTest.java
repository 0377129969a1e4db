package io.raftlessons.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RaftConfigTest {
  @Test
  void hashicorpsDefaultsAreHashiCorpsTimings() {
    RaftConfig config = RaftConfig.hashicorpDefaults("s1");
    assertThat(config.localId()).isEqualTo("s1");
    assertThat(config.electionTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.heartbeatInterval()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void defaultsAreThePapersTimings() {
    RaftConfig config = RaftConfig.defaults("s1");
    assertThat(config)
        .isEqualTo(
            new RaftConfig("s1", 0, Duration.ofMillis(150), Duration.ofMillis(50), true, true));
    assertThat(config.electionTimeoutNanos()).isEqualTo(150_000_000);
    assertThat(config.heartbeatNanos()).isEqualTo(50_000_000);
  }

  @Test
  void builderSetsEachSetting() {
    RaftConfig config =
        RaftConfig.builder("s2")
            .cluster(9)
            .electionTimeout(Duration.ofSeconds(1))
            .heartbeatInterval(Duration.ofMillis(100))
            .preVote(false)
            .checkQuorum(false)
            .build();
    assertThat(config)
        .isEqualTo(
            new RaftConfig("s2", 9, Duration.ofSeconds(1), Duration.ofMillis(100), false, false));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 128})
  void idsOfOneTo128CharactersAreTaken(int length) {
    assertThat(RaftConfig.defaults("x".repeat(length)).localId()).hasSize(length);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 129})
  void otherIdsAreRefused(int length) {
    assertThatThrownBy(() -> RaftConfig.defaults("x".repeat(length)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("localId")
        .hasMessageContaining(Integer.toString(length));
  }

  @ParameterizedTest(name = "election timeout {0}, heartbeat {1}")
  @CsvSource({"PT0.005S, PT0.0025S", "PT0.005S, PT0.001S", "PT0.15S, PT0.075S", "PT1H, PT30M"})
  void theEdgesOfTheRangesAreTaken(Duration election, Duration heartbeat) {
    assertThatCode(
            () ->
                RaftConfig.builder("s1")
                    .electionTimeout(election)
                    .heartbeatInterval(heartbeat)
                    .build())
        .doesNotThrowAnyException();
  }

  @ParameterizedTest(name = "election timeout {0}, heartbeat {1}")
  @CsvSource({
    "PT0.004999999S, PT0.001S, electionTimeout",
    "PT-1S, PT0.001S, electionTimeout",
    "PT-2562047788015215H-30M-8S, PT1S, electionTimeout",
    "PT1H0.000000001S, PT1S, electionTimeout",
    "PT2562047788015215H30M7S, PT1S, electionTimeout",
    "PT0.15S, PT0.075000001S, heartbeatInterval",
    "PT0.15S, PT2562047788015215H30M7S, heartbeatInterval",
    "PT0.15S, PT0.000999999S, heartbeatInterval",
    "PT0.15S, PT0S, heartbeatInterval",
    "PT0.15S, PT-1S, heartbeatInterval",
  })
  void beyondTheEdgesTheMessageNamesTheSetting(
      Duration election, Duration heartbeat, String setting) {
    RaftConfig.Builder builder =
        RaftConfig.builder("s1").electionTimeout(election).heartbeatInterval(heartbeat);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(setting);
  }
}
