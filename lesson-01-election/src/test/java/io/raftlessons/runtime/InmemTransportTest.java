package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.raftlessons.wire.Envelope;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InmemTransportTest {
  private final InmemTransport a = new InmemTransport("a");
  private final InmemTransport b = new InmemTransport("b");
  private final List<Envelope> atA = new ArrayList<>();
  private final List<Envelope> atB = new ArrayList<>();

  @BeforeEach
  void connect() {
    a.handle(atA::add);
    b.handle(atB::add);
    a.connect(b);
    b.connect(a);
  }

  @Test
  void messagesArriveInOrder() {
    a.send(message("a", "b", 1));
    a.send(message("a", "b", 2));
    assertThat(atB).containsExactly(message("a", "b", 1), message("a", "b", 2));
    assertThat(atA).isEmpty();
  }

  @Test
  void aConnectionIsCutInOneDirection() {
    a.disconnect("b");
    a.send(message("a", "b", 1));
    b.send(message("b", "a", 2));
    assertThat(atB).isEmpty();
    assertThat(atA).containsExactly(message("b", "a", 2));
    a.connect(b);
    a.send(message("a", "b", 3));
    assertThat(atB).containsExactly(message("a", "b", 3));
  }

  @Test
  void disconnectAllCutsWhatIsSentToOthersOnly() {
    a.disconnectAll();
    a.send(message("a", "b", 1));
    a.send(message("a", "a", 2));
    b.send(message("b", "a", 3));
    assertThat(atB).isEmpty();
    assertThat(atA).containsExactly(message("a", "a", 2), message("b", "a", 3));
  }

  @Test
  void withoutAHandlerAndAfterACloseMessagesAreDropped() {
    InmemTransport c = new InmemTransport("c");
    a.connect(c);
    assertThatCode(() -> a.send(message("a", "c", 1))).doesNotThrowAnyException();
    b.close();
    b.close();
    a.send(message("a", "b", 1));
    b.send(message("b", "a", 1));
    b.connect(a);
    b.send(message("b", "a", 2));
    assertThat(atA).isEmpty();
    assertThat(atB).isEmpty();
  }

  @Test
  void theSenderDoesNotSeeWhatTheReceiverThrows() {
    b.handle(
        message -> {
          throw new IllegalStateException("a bug of the receiver");
        });
    assertThatCode(() -> a.send(message("a", "b", 1))).doesNotThrowAnyException();
  }

  private static Envelope message(String from, String to, long term) {
    return Envelope.newBuilder().setFrom(from).setTo(to).setTerm(term).build();
  }
}
