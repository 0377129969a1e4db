package io.raftlessons.replication.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonLinesTest {
  private static String lines(String diagram) throws IOException {
    StringBuilder out = new StringBuilder();
    JsonLines.write(Diagram.history(diagram), out);
    return out.toString();
  }

  @Test
  void aLineHasAllFieldsInOrder() throws IOException {
    assertThat(
            lines(
                """
                c1 |put 5| |get =5| |y.get =|
                c2 |cas >1 =true| |cas 1>2 ? |cas 1>2 !
                c3 |append 7 =1| |delete =false| |add 3 =8|
                """))
        .isEqualTo(
            """
            {"client":"c1","op":"put","key":"x","value":5,"output":null,"call_ns":3,"return_ns":9,"status":"ok"}
            {"client":"c1","op":"get","key":"x","value":null,"output":5,"call_ns":11,"return_ns":18,"status":"ok"}
            {"client":"c1","op":"get","key":"y","value":null,"output":null,"call_ns":20,"return_ns":28,"status":"ok"}
            {"client":"c2","op":"cas","key":"x","value":[null,1],"output":true,"call_ns":3,"return_ns":16,"status":"ok"}
            {"client":"c2","op":"cas","key":"x","value":[1,2],"output":null,"call_ns":18,"return_ns":27,"status":"unknown"}
            {"client":"c2","op":"cas","key":"x","value":[1,2],"output":null,"call_ns":29,"return_ns":38,"status":"fail"}
            {"client":"c3","op":"append","key":"x","value":7,"output":1,"call_ns":3,"return_ns":15,"status":"ok"}
            {"client":"c3","op":"delete","key":"x","value":null,"output":false,"call_ns":17,"return_ns":31,"status":"ok"}
            {"client":"c3","op":"add","key":"x","value":3,"output":8,"call_ns":33,"return_ns":42,"status":"ok"}
            """);
  }

  @Test
  void textsAreQuoted() throws IOException {
    Operation operation =
        new Operation(
            "a\"b", Operation.Kind.PUT, "k\n", "", "\"v\"", "", 1, 2, Operation.Status.OK);
    StringBuilder out = new StringBuilder();
    JsonLines.write(List.of(operation), out);
    assertThat(out.toString())
        .startsWith("{\"client\":\"a\\\"b\",\"op\":\"put\",\"key\":\"k\\n\",\"value\":\"v\",");
  }
}
