package io.raftlessons.cluster.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What must not come into the log, for every node would have to live with it. */
class OperatorServiceTest {
  @ParameterizedTest
  @CsvSource({
    "node-4, 127.0.0.1:5126, ",
    "node-9, [::1]:5131, ",
    "node-4, foo, host:port",
    "node-4, foo:0, host:port",
    "node-4, '', host:port",
    "node-10, 127.0.0.1:5126, node-1 to node-9",
    "node-0, 127.0.0.1:5126, node-1 to node-9",
    "n4, 127.0.0.1:5126, node-1 to node-9",
    "'', 127.0.0.1:5126, node-1 to node-9"
  })
  void onlyWhatThisProgramCanUseIsAdded(String id, String address, String problem) {
    if (problem == null) {
      assertThat(OperatorService.unusable(id, address)).isEmpty();
    } else {
      assertThat(OperatorService.unusable(id, address)).get().asString().contains(problem);
    }
  }
}
