package io.raftlessons.replication.keyvalue;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.raftlessons.replication.StateMachine.Command;
import io.raftlessons.replication.keyvalue.KeyValueMachine.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MachineDeterminismTest {
  @Test
  void twoMachinesFedTheSameLogInOtherBatchesAgreeByteForByte() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      List<Command> log = Histories.random(random, 300);
      KeyValueMachine one = new KeyValueMachine(Client.SMALL);
      List<byte[]> expected = one.apply(log);
      KeyValueMachine other = new KeyValueMachine(Client.SMALL);
      List<byte[]> replies = new ArrayList<>();
      for (int from = 0; from < log.size(); ) {
        int to = Math.min(log.size(), from + random.nextInt(40));
        replies.addAll(other.apply(log.subList(from, to)));
        other.snapshot();
        from = to;
      }
      assertThat(replies.toArray(byte[][]::new))
          .as("seed %d", seed)
          .isDeepEqualTo(expected.toArray(byte[][]::new));
      assertThat(Client.bytes(other.snapshot()))
          .as("seed %d", seed)
          .isEqualTo(Client.bytes(one.snapshot()));
    }
  }

  @Test
  void noClockIsConsulted() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.raftlessons.replication.keyvalue");
    noClasses()
        .that()
        .resideInAPackage("io.raftlessons.replication.keyvalue")
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Instant")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Clock")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.Random")
        .check(classes);
  }

  @Test
  void limitsMustBePositiveAndFitASnapshot() {
    Limits limits = Limits.defaults();
    assertThat(limits.sessionTimeoutMillis()).isEqualTo(3_600_000);
    assertThat(limits.maxSessions()).isEqualTo(1_000);
    assertThat(limits.maxResultsPerSession()).isEqualTo(1_024);
    assertThat(limits.idempotencyRetentionMillis()).isEqualTo(86_400_000);
    assertThat(limits.maxIdempotencyKeys()).isEqualTo(100_000);
    assertThatThrownBy(() -> new Limits(0, 1, 1, 1, 1, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sessionTimeoutMillis");
    assertThatThrownBy(() -> new Limits(1, 1, 1, 1, 1, 1, (1 << 22) + 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Limits(1, 1, 1, 1, 1, (1 << 16) + 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
