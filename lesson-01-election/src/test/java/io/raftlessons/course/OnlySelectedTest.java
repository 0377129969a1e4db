package io.raftlessons.course;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnlySelectedTest {
  @ParameterizedTest
  @CsvSource({
    "'', true",
    "of [], true",
    "of [lesson-02-replication], true",
    "'of [lesson-01-election, :lesson-02-replication]', true",
    "of [lesson-03-membership], false"
  })
  void aLessonIsGradedIfItIsNamedOrNoneIs(String selected, boolean graded) {
    assertThat(OnlySelected.isSelected("lesson-02-replication", selected)).isEqualTo(graded);
  }
}
