package io.raftlessons.cluster.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class JsonTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        " true | true",
        "null | null",
        "{ } | {}",
        "[ ] | []",
        "[1 , [ ], {\"a\" : 2}] | [1,[],{\"a\":2}]",
        "{\"b\":1,\"a\":{\"d\":1,\"c\":2}} | {\"a\":{\"c\":2,\"d\":1},\"b\":1}",
        "{\"\":1} | {\"\":1}",
        "\"\\u0041\\/\\u00e9\" | \"A/é\"",
        "\"\\u0000\\u001f\\u007f\" | \"\\u0000\\u001f\u007f\"",
        "\"\\ud83d\\ude00\" | \"\ud83d\ude00\"",
      })
  void hasOneForm(String text, String canonical) {
    assertThat(canonical(text)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "-0.0, 0",
    "0e999, 0",
    "1.0, 1",
    "1.00, 1",
    "10e-1, 1",
    "1E3, 1000",
    "-1.50, -1.5",
    "0.1, 0.1",
    "1e-5, 0.00001",
    "1e-19, 0.0000000000000000001",
    "1e-25, 1E-25",
    "0.0000000000000000000000001, 1E-25",
    "1e39, 1000000000000000000000000000000000000000",
    "1e40, 1E+40",
    "10e39, 1E+40",
    "1e400, 1E+400",
    "9007199254740993, 9007199254740993",
    "123456789012345678901234567890.123456789, 123456789012345678901234567890.123456789",
    "1e1000000000, 1E+1000000000",
  })
  void equalNumbersAreEqualTexts(String text, String canonical) {
    assertThat(canonical(text)).isEqualTo(canonical);
    assertThat(canonical(canonical)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "'a'",
        "nul",
        "NaN",
        "+1",
        "01",
        ".5",
        "1.",
        "1 2",
        "[] []",
        "\"a",
        "\"\t\"",
        "{\"a\":1,\"a\":1}",
        "[{\"a\":1,\"b\":2,\"\\u0061\":1}]",
        "\"\\ud83d\"",
        "{\"\\udc00\":1}",
        "// x\n1",
        "1e99999999999",
        "\uFEFF1",
      })
  void whatIsNotJsonIsRefused(String text) {
    assertThatThrownBy(() -> canonical(text))
        .isInstanceOfSatisfying(
            HttpError.class,
            error -> {
              assertThat(error.code()).isEqualTo(400);
              assertThat(error.getMessage()).doesNotContain("tools.jackson", "StreamReadFeature");
            });
  }

  @Test
  void depthIsBounded() {
    String deepest = "[".repeat(Json.MAX_DEPTH) + "]".repeat(Json.MAX_DEPTH);
    assertThat(canonical(deepest)).isEqualTo(deepest);
    assertRefused("[" + deepest + "]");
    assertRefused("[".repeat(500_000));
    assertRefused("{\"a\":".repeat(100_000));
  }

  @Test
  void sizesOfNumbersAndNumbersOfTokensAreBounded() {
    assertThat(canonical("9".repeat(Json.MAX_NUMBER))).hasSize(Json.MAX_NUMBER);
    assertRefused("9".repeat(Json.MAX_NUMBER + 1));
    assertRefused("[" + "1,".repeat(Json.MAX_TOKENS) + "1]");
    assertThat(canonical("\"" + "x".repeat(1_000_000) + "\"")).hasSize(1_000_002);
  }

  @Test
  void otherEncodingsThanUtf8AreRefused() {
    assertThatThrownBy(() -> Json.canonical("\"é\"".getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(HttpError.class);
    assertThatThrownBy(() -> Json.canonical("1".getBytes(StandardCharsets.UTF_16)))
        .isInstanceOf(HttpError.class);
  }

  @Test
  void theFormKeepsTheValue() {
    Random random = new Random(1);
    for (int i = 0; i < 2_000; i++) {
      String text = value(random, 4);
      String canonical = canonical(text);
      assertThat(JsonMapper.shared().readTree(canonical))
          .as(text)
          .isEqualTo(JsonMapper.shared().readTree(text));
      assertThat(canonical(canonical)).isEqualTo(canonical);
    }
  }

  private static String value(Random random, int depth) {
    StringBuilder text = new StringBuilder();
    switch (random.nextInt(depth == 0 ? 3 : 5)) {
      case 0 -> text.append(random.nextInt(-100, 100));
      case 1 -> text.append(Json.quote(Character.toString(random.nextInt(0xd800))));
      case 2 -> text.append(random.nextBoolean());
      case 3 -> {
        text.append("[");
        for (int i = random.nextInt(4); i > 0; i--) {
          text.append(value(random, depth - 1)).append(i == 1 ? "" : " , ");
        }
        text.append("]");
      }
      default -> {
        text.append("{");
        for (int i = random.nextInt(4); i > 0; i--) {
          String name = Json.quote(Character.toString(random.nextInt(0xd800)) + i);
          text.append(name).append(" : ").append(value(random, depth - 1));
          text.append(i == 1 ? "" : ",");
        }
        text.append("}");
      }
    }
    return text.toString();
  }

  private static void assertRefused(String text) {
    assertThatThrownBy(() -> canonical(text))
        .isInstanceOfSatisfying(HttpError.class, error -> assertThat(error.code()).isEqualTo(400));
  }

  private static String canonical(String text) {
    return Json.canonical(text.getBytes(StandardCharsets.UTF_8));
  }
}
