package io.raftlessons.replication.keyvalue;

import static io.raftlessons.replication.keyvalue.KeyValueCommands.add;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.append;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.compareAndSet;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.delete;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.get;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.greet;
import static io.raftlessons.replication.keyvalue.KeyValueCommands.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.replication.keyvalue.wire.Reply.Status;
import io.raftlessons.replication.keyvalue.wire.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperationsTest {
  private final Client client = new Client();
  private final long session = client.open();
  private long seq;

  private Reply send(Request operation) {
    seq++;
    return client.send(operation, session, seq, seq);
  }

  private void assertValue(String key, String value) {
    assertThat(send(get(key))).isEqualTo(Replies.text(value));
  }

  private void assertAbsent(String key) {
    assertThat(send(get(key))).isEqualTo(Replies.NOT_FOUND);
  }

  @Test
  void opensASessionUnderTheIndexOfItsEntry() {
    assertThat(session).isEqualTo(1);
    send(put("a", "1"));
    assertThat(client.open()).isEqualTo(3);
  }

  @Test
  void putsGetsAndDeletes() {
    assertAbsent("a");
    assertThat(send(delete("a"))).isEqualTo(Replies.NOT_FOUND);
    assertThat(send(put("a", "\"x\""))).isEqualTo(Replies.OK);
    assertValue("a", "\"x\"");
    assertThat(send(put("a", "null"))).isEqualTo(Replies.OK);
    assertValue("a", "null");
    assertAbsent("b");
    assertThat(send(delete("a"))).isEqualTo(Replies.OK);
    assertAbsent("a");
  }

  @Test
  void comparesAndSets() {
    assertThat(send(compareAndSet("a", "1", "2"))).isEqualTo(Replies.swapped(false));
    assertAbsent("a");
    assertThat(send(compareAndSet("a", null, "1"))).isEqualTo(Replies.swapped(true));
    assertThat(send(compareAndSet("a", null, "2"))).isEqualTo(Replies.swapped(false));
    assertValue("a", "1");
    assertThat(send(compareAndSet("a", "1", "2"))).isEqualTo(Replies.swapped(true));
    assertThat(send(compareAndSet("a", "1", "3"))).isEqualTo(Replies.swapped(false));
    assertValue("a", "2");
  }

  @Test
  void anExpectedEmptyTextIsNotTheSameAsNoValue() {
    assertThat(send(compareAndSet("a", "", "1"))).isEqualTo(Replies.swapped(false));
    assertAbsent("a");
  }

  @Test
  void appends() {
    assertThat(send(append("a", "1"))).isEqualTo(Replies.number(1));
    assertValue("a", "[1]");
    assertThat(send(append("a", "[2,3]"))).isEqualTo(Replies.number(2));
    assertThat(send(append("a", "{\"k\":[1,2]}"))).isEqualTo(Replies.number(3));
    assertThat(send(append("a", "\"],[\\\",\""))).isEqualTo(Replies.number(4));
    assertThat(send(append("a", "5"))).isEqualTo(Replies.number(5));
    assertValue("a", "[1,[2,3],{\"k\":[1,2]},\"],[\\\",\",5]");
    send(put("e", "[]"));
    assertThat(send(append("e", "null"))).isEqualTo(Replies.number(1));
    assertValue("e", "[null]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "{}", "\"[]\"", "null", "[", "]", "[1", "1]"})
  void appendsToNothingButAnArray(String value) {
    send(put("a", value));
    assertThat(send(append("a", "1")).getStatus()).isEqualTo(Status.INVALID);
    assertValue("a", value);
  }

  @Test
  void anArrayGrowsToTheLongestValueAndNoFurther() {
    int longest = Client.SMALL.maxValueLength();
    send(put("a", "[" + "1".repeat(longest - 4) + "]"));
    assertThat(send(append("a", "22")).getStatus()).isEqualTo(Status.INVALID);
    assertValue("a", "[" + "1".repeat(longest - 4) + "]");
    assertThat(send(append("a", "2"))).isEqualTo(Replies.number(2));
    assertValue("a", "[" + "1".repeat(longest - 4) + ",2]");
  }

  @Test
  void adds() {
    assertThat(send(add("a", 5))).isEqualTo(Replies.sum(5));
    assertThat(send(add("a", -7))).isEqualTo(Replies.sum(-2));
    assertThat(send(add("a", 2))).isEqualTo(Replies.sum(0));
    assertValue("a", "0");
    assertThat(send(add("a", Long.MAX_VALUE))).isEqualTo(Replies.sum(Long.MAX_VALUE));
    assertThat(send(add("b", Long.MIN_VALUE))).isEqualTo(Replies.sum(Long.MIN_VALUE));
    assertValue("b", "-9223372036854775808");
    assertThat(send(add("b", Long.MAX_VALUE))).isEqualTo(Replies.sum(-1));
  }

  @ParameterizedTest
  @CsvSource({
    "9223372036854775807,1",
    "-9223372036854775808,-1",
    "9223372036854775808,0",
    "99999999999999999999999,0",
    "007,1",
    "-0,1",
    "+1,1",
    "1.0,1",
    "1e3,1",
    "'\"1\"',1",
    "٣,1",
    "[],1",
    "-,1",
    "null,1"
  })
  void addsToNothingButAnIntegerAndNeverOverflows(String value, long delta) {
    send(put("a", value));
    assertThat(send(add("a", delta)).getStatus()).isEqualTo(Status.INVALID);
    assertValue("a", value);
  }

  @Test
  void greets() {
    assertThat(send(greet("Ada"))).isEqualTo(Replies.text("\"Hello Ada!\""));
    assertThat(send(greet(""))).isEqualTo(Replies.text("\"Hello !\""));
    assertThat(send(greet("\"\\/\b\f\n\r\t\u0000\u001f\u007fé😀")))
        .isEqualTo(Replies.text("\"Hello \\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u007fé😀!\""));
  }

  @Test
  void boundsKeysValuesAndNames() {
    String key = "k".repeat(Client.SMALL.maxKeyLength());
    String value = "1".repeat(Client.SMALL.maxValueLength());
    assertThat(send(put(key, value))).isEqualTo(Replies.OK);
    assertValue(key, value);
    assertThat(send(greet(key)).getStatus()).isEqualTo(Status.OK);
    byte[] before = valuesOnly();
    for (Request tooLong :
        new Request[] {
          put(key + "k", "1"),
          put("a", value + "1"),
          put("", "1"),
          put("a", ""),
          get(""),
          get(key + "k"),
          delete(""),
          delete(key + "k"),
          compareAndSet(key + "k", null, "1"),
          compareAndSet("a", null, value + "1"),
          compareAndSet("a", null, ""),
          append("", "1"),
          append("a", ""),
          append("a", value),
          add("", 1),
          add(key + "k", 1),
          greet(key + "k")
        }) {
      Reply reply = send(tooLong);
      assertThat(reply.getStatus()).as("%s", tooLong).isEqualTo(Status.INVALID);
      assertThat(reply.getText()).isNotEmpty();
    }
    assertThat(valuesOnly()).isEqualTo(before);
  }

  /** The snapshot after the sessions have expired: nothing but values and the time. */
  private byte[] valuesOnly() {
    Client copy = new Client();
    try {
      copy.machine.restore(new ByteArrayInputStream(client.bytes()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    copy.time = client.time + Client.TIMEOUT;
    copy.apply(new byte[0]);
    return copy.bytes();
  }
}
