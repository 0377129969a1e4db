package io.raftlessons.cluster.ingress;

import static io.raftlessons.cluster.ingress.IngressFixture.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every handler, and how paths and headers choose what it works on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServicesTest {
  private IngressFixture http;

  @BeforeAll
  void open() {
    http = new IngressFixture();
  }

  @AfterAll
  void close() {
    http.close();
  }

  @Test
  void counterAddsAndGets() {
    answers("/Counter/c/get", "", "0");
    answers("/Counter/c/add", "1", "1");
    answers("/Counter/c/add", " 41.0 ", "42");
    answers("/Counter/c/add", "-50", "-8");
    answers("/Counter/c/get", "null", "-8");
    assertThat(http.get("/Counter/c/get").body()).isEqualTo("-8");
    answers("/Counter/other/get", "", "0");
  }

  @Test
  void aSumOfMoreThan64BitsIsRefused() {
    answers("/Counter/max/add", Long.toString(Long.MAX_VALUE), Long.toString(Long.MAX_VALUE));
    assertError(http.post("/Counter/max/add", "1"), 400, "service");
    answers("/Counter/max/get", "", Long.toString(Long.MAX_VALUE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "1.5", "\"1\"", "9223372036854775808", "1e400", "[1]", "true"})
  void addTakesNothingButIntegers(String body) {
    assertError(http.post("/Counter/integers/add", body), 400, "ingress");
  }

  @Test
  void greeterGreets() {
    answers("/Greeter/greet", "\"World\"", "\"Hello World!\"");
    answers("/Greeter/greet", "\"\\u00e9\\\"\\n\"", "\"Hello é\\\"\\n!\"");
    assertError(http.post("/Greeter/greet", "1"), 400, "ingress");
    assertError(http.post("/Greeter/greet", "\"" + "x".repeat(2_000) + "\""), 400, "service");
  }

  @Test
  void keyValuePutsGetsAndDeletes() {
    assertError(http.get("/KeyValue/a/get"), 404, "service");
    answers("/KeyValue/a/delete", "", "false");
    answers("/KeyValue/a/put", "{\"b\":[1.50,true,null],\"a\":\"x\"}", "null");
    assertThat(http.get("/KeyValue/a/get").body()).isEqualTo("{\"a\":\"x\",\"b\":[1.5,true,null]}");
    answers("/KeyValue/a/get", "null", "{\"a\":\"x\",\"b\":[1.5,true,null]}");
    answers("/KeyValue/a/delete", "", "true");
    assertError(http.get("/KeyValue/a/get"), 404, "service");
    assertError(http.post("/KeyValue/a/get", "1"), 400, "ingress");
  }

  @Test
  void casComparesValuesAndNotTexts() {
    answers("/KeyValue/cas/cas", "{\"value\":1}", "true");
    answers("/KeyValue/cas/cas", "{\"value\":2}", "false");
    answers("/KeyValue/cas/cas", "{\"expect\":null,\"value\":2}", "false");
    answers("/KeyValue/cas/cas", "{\"expect\":1.00,\"value\":{\"y\":1,\"x\":2}}", "true");
    answers("/KeyValue/cas/cas", "{\"expect\":{\"x\":2,\"y\":10e-1},\"value\":3}", "true");
    answers("/KeyValue/cas/get", "", "3");
    assertError(http.post("/KeyValue/cas/cas", "{\"expect\":3}"), 400, "ingress");
    assertError(http.post("/KeyValue/cas/cas", "{\"value\":3,\"expekt\":3}"), 400, "ingress");
    assertError(http.post("/KeyValue/cas/cas", "3"), 400, "ingress");
  }

  @Test
  void aNullThatWasPutIsAValueThatCasLeavesAlone() {
    answers("/KeyValue/null/put", "null", "null");
    answers("/KeyValue/null/get", "", "null");
    answers("/KeyValue/null/cas", "{\"expect\":null,\"value\":1}", "false");
    answers("/KeyValue/null/delete", "", "true");
    answers("/KeyValue/null/cas", "{\"expect\":null,\"value\":1}", "true");
  }

  @Test
  void appendMakesArraysLonger() {
    answers("/KeyValue/list/append", "{\"n\":1}", "1");
    answers("/KeyValue/list/append", "[2, 3]", "2");
    answers("/KeyValue/list/get", "", "[{\"n\":1},[2,3]]");
    answers("/KeyValue/text/put", "\"x\"", "null");
    assertError(http.post("/KeyValue/text/append", "1"), 400, "service");
  }

  @Test
  void servicesDoNotShareKeys() {
    answers("/KeyValue/shared/put", "\"x\"", "null");
    answers("/Counter/shared/add", "1", "1");
    answers("/KeyValue/shared/get", "", "\"x\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a%2Fb", "100%25", "%E2%82%AC", "a%20b", "..%2F..", "a+b", "%3F%23", "."})
  void keysMayHaveAnyCharacter(String key) {
    answers("/Counter/" + key + "/add", "5", "5");
    answers("/Counter/" + key + "/get", "", "5");
  }

  @Test
  void oneKeyIsOneKeyHoweverItIsWritten() {
    answers("/Counter/same/add", "1", "1");
    answers("/Counter/%73ame/add", "1", "2");
    answers("/Counter/plus%2Bsign/add", "1", "1");
    answers("/Counter/plus+sign/add", "1", "2");
    answers("/Counter/plus%20sign/add", "1", "1");
  }

  @Test
  void keysHaveALength() {
    String longest = "k".repeat(256);
    answers("/Counter/" + longest + "/add", "1", "1");
    assertError(http.post("/Counter/" + longest + "k/add", "1"), 400, "ingress");
    assertError(http.post("/Counter//add", "1"), 400, "ingress");
    answers("/Counter/" + "%E2%82%AC".repeat(256) + "/add", "1", "1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%0A", "%00", "%7F", "%FF", "%C3", "%ZZ"})
  void keysAreTextWithoutControlCharacters(String key) throws Exception {
    String answer =
        http.raw(
            "POST /Counter/"
                + key
                + "/add HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Content-Length: 1\r\n\r\n1");
    assertError(answer, 400, "ingress");
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /, 404",
    "POST, /Nothing, 404",
    "POST, /Counter, 404",
    "POST, /Counter/k, 404",
    "POST, /Counter/k/put, 404",
    "POST, /Counter/k/add/, 404",
    "POST, /Counter/a/b/add, 404",
    "POST, /Greeter/k/greet, 404",
    "POST, /Greeter/greet/, 404",
    "POST, /counter/k/add, 404",
    "GET, /favicon.ico, 404",
    "GET, /Counter/k/add, 405",
    "PUT, /Counter/k/add, 405",
    "DELETE, /KeyValue/k/delete, 405",
    "OPTIONS, /KeyValue/k/get, 405",
    "TRACE, /KeyValue/k/get, 405",
    "WHATEVER, /KeyValue/k/get, 405",
  })
  void otherPathsAndMethodsAreRefused(String method, String path, int code) {
    HttpResponse<String> response = http.send(path, method, BodyPublishers.noBody());
    assertError(response, code, "ingress");
    if (code == 405) {
      assertThat(response.headers().firstValue("allow"))
          .hasValue(path.endsWith("get") ? "GET, POST" : "POST");
    }
  }

  @Test
  void headIsNotAHandlersMethod() {
    HttpResponse<String> head = http.send("/KeyValue/k/get", "HEAD", BodyPublishers.noBody());
    assertThat(head.statusCode()).isEqualTo(405);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void anIdempotencyKeyGivesTheFirstAnswerAgain() {
    assertThat(keyed("/Counter/i/add", "5", "key-1").body()).isEqualTo("5");
    assertThat(keyed("/Counter/i/add", "5", "key-1").body()).isEqualTo("5");
    assertThat(keyed("/Counter/i/add", "5", "key-2").body()).isEqualTo("10");
    assertError(keyed("/Counter/i/add", "6", "key-1"), 409, "service");
    assertThat(keyed("/Counter/j/add", "5", "key-1").body()).as("another counter").isEqualTo("5");
    answers("/Counter/i/get", "", "10");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "\u00e9"})
  void idempotencyKeysAreVisibleAscii(String key) throws Exception {
    String answer =
        http.raw(
            "POST /Counter/bad/add HTTP/1.1\r\nHost: x\r\nConnection: close\r\nidempotency-key: "
                + key
                + "\r\nContent-Length: 1\r\n\r\n1");
    assertError(answer, 400, "ingress");
  }

  @Test
  void idempotencyKeysHaveALengthAndComeOnce() {
    assertThat(keyed("/Counter/l/add", "1", "x".repeat(256)).statusCode()).isEqualTo(200);
    assertError(keyed("/Counter/l/add", "1", "x".repeat(257)), 400, "ingress");
    HttpResponse<String> twice =
        http.send(
            "/Counter/l/add",
            "POST",
            BodyPublishers.ofString("1"),
            "idempotency-key",
            "a",
            "idempotency-key",
            "b");
    assertError(twice, 400, "ingress");
    answers("/Counter/l/get", "", "1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{", "{\"a\":1,\"a\":2}", "1 2", "[[[[[[[[[[[", "\"\\ud800\"", "", "\u0000"})
  void badJsonIsABadRequest(String body) {
    assertError(http.post("/KeyValue/bad-json/put", body), 400, "ingress");
    String deep = "[".repeat(200) + "]".repeat(200);
    assertError(http.post("/KeyValue/bad-json/append", deep), 400, "ingress");
    assertError(http.get("/KeyValue/bad-json/get"), 404, "service");
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, 200",
    "Application/JSON; charset=UTF-8, 200",
    "application/json;charset=\"utf-8\", 200",
    "application/json;charset=utf-16, 415",
    "text/plain, 415",
    "application/x-www-form-urlencoded, 200",
    "multipart/form-data; boundary=x, 415",
  })
  void onlyJsonIsTaken(String type, int status) {
    HttpResponse<String> response =
        http.send("/Counter/types/add", "POST", BodyPublishers.ofString("1"), "content-type", type);
    assertThat(response.statusCode()).isEqualTo(status);
    if (status != 200) {
      assertError(response, status, "ingress");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "application/json, 200",
    "text/plain, 415",
    "application/x-www-form-urlencoded, 415",
  })
  void aWebPageMustSayThatItSendsJson(String type, int status) {
    HttpResponse<String> response =
        http.send(
            "/Counter/pages/add",
            "POST",
            BodyPublishers.ofString("1"),
            "content-type",
            type,
            "origin",
            "http://elsewhere.example");
    assertThat(response.statusCode()).isEqualTo(status);
  }

  @Test
  void aWebPageMustNotLeaveTheTypeOut() {
    HttpResponse<String> response =
        http.send(
            "/Counter/pages/get",
            "POST",
            BodyPublishers.noBody(),
            "origin",
            "http://elsewhere.example");
    assertError(response, 415, "ingress");
  }

  @Test
  void compressedBodiesAreRefused() {
    HttpResponse<String> response =
        http.send(
            "/Counter/k/add", "POST", BodyPublishers.ofString("1"), "content-encoding", "gzip");
    assertError(response, 415, "ingress");
  }

  @Test
  void answersAreJsonThatNobodyKeeps() {
    HttpResponse<String> answer = http.post("/Counter/h/add", "1");
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(answer.headers().firstValue("server")).isEmpty();
  }

  @Test
  void requestsAreCountedWithoutTheirKeys() {
    answers("/KeyValue/counted/put", "1", "null");
    http.get("/KeyValue/counted-too/get");
    http.get("/nothing/of/this/sort");
    assertThat(count("KeyValue", "put", "200")).isPositive();
    assertThat(count("KeyValue", "get", "404")).isPositive();
    assertThat(count("none", "none", "404")).isPositive();
    assertThat(http.registry.getMeters().toString()).doesNotContain("counted");
  }

  private long count(String service, String handler, String status) {
    return http.registry
        .get("raft.ingress.requests")
        .tags("service", service, "handler", handler, "status", status)
        .timer()
        .count();
  }

  private HttpResponse<String> keyed(String path, String body, String key) {
    return http.send(path, "POST", BodyPublishers.ofString(body), "idempotency-key", key);
  }

  private void answers(String path, String body, String answer) {
    HttpResponse<String> response = http.post(path, body);
    assertThat(response.body()).isEqualTo(answer);
    assertThat(response.statusCode()).isEqualTo(200);
  }
}
