package io.raftlessons.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplicationConfigTest {
  @ParameterizedTest
  @CsvSource({
    "0, maxAppendBytes",
    "1, maxInflightMessages",
    "2, maxInflightBytes",
    "3, maxUncommittedBytes",
    "4, maxEntryBytes",
    "5, maxCachedBytes",
    "6, maxApplyBytes",
  })
  void everyBoundMustBePositive(int position, String name) {
    int[] b = {1, 1, 1, 1, 1, 1, 1};
    b[position] = 0;
    assertThatThrownBy(() -> new ReplicationConfig(b[0], b[1], b[2], b[3], b[4], b[5], b[6]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(name + " must be positive, it is 0");
  }

  @Test
  void anEntryMustFitIntoAMessageOfTheTransport() {
    int most = 2 * 1024 * 1024;
    assertThat(new ReplicationConfig(1, 1, 1, 1, most, 1, 1).maxEntryBytes()).isEqualTo(most);
    assertThatThrownBy(() -> new ReplicationConfig(1, 1, 1, 1, most + 1, 1, 1))
        .hasMessageContaining("at most 2 MiB");
  }

  @Test
  void theDefaultsFitTogether() {
    ReplicationConfig d = ReplicationConfig.defaults();
    assertThat(d.maxEntryBytes()).isLessThanOrEqualTo(d.maxUncommittedBytes());
    assertThat(d.maxAppendBytes()).isLessThanOrEqualTo(d.maxInflightBytes());
    assertThat(d.maxInflightBytes()).isLessThanOrEqualTo(d.maxCachedBytes());
  }
}
