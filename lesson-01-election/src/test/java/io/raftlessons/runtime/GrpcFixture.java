package io.raftlessons.runtime;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.InstallSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;

/** Transports that are closed after the test, and messages for them. */
abstract class GrpcFixture {
  static final Duration SOON = Duration.ofSeconds(20);
  static final long CLUSTER = 0xCAFEL;

  private final List<GrpcTransport> open = new ArrayList<>();

  @AfterEach
  void closeAll() {
    open.forEach(GrpcTransport::close);
  }

  static GrpcOptions.Builder options(String id) {
    return GrpcOptions.builder(id, CLUSTER).backoff(Duration.ofMillis(10), Duration.ofMillis(100));
  }

  GrpcTransport start(String id) {
    return start(options(id));
  }

  GrpcTransport start(GrpcOptions.Builder options) {
    GrpcTransport transport = new GrpcTransport(options.build());
    open.add(transport);
    try {
      transport.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return transport;
  }

  static List<Envelope> collect(Transport transport) {
    List<Envelope> received = new CopyOnWriteArrayList<>();
    transport.handle(received::add);
    return received;
  }

  static void connect(GrpcTransport from, String to, GrpcTransport peer) {
    from.addPeer(to, peer.advertisedAddress());
    await().atMost(SOON).until(() -> stat(from, "peer." + to + ".connected") == 1);
  }

  static long stat(GrpcTransport transport, String name) {
    return transport.stats().getOrDefault(name, 0L);
  }

  static Envelope message(String from, String to, long term) {
    return Envelope.newBuilder().setFrom(from).setTo(to).setCluster(CLUSTER).setTerm(term).build();
  }

  static Envelope message(String from, String to, long term, int payload) {
    Entry entry =
        Entry.newBuilder().setIndex(term).setData(ByteString.copyFrom(new byte[payload])).build();
    return message(from, to, term).toBuilder()
        .setAppendEntries(AppendEntries.newBuilder().addEntries(entry))
        .build();
  }

  /** A piece of a snapshot. */
  static Envelope chunk(String from, String to, int payload) {
    return message(from, to, 1).toBuilder()
        .setInstallSnapshot(
            InstallSnapshot.newBuilder().setData(ByteString.copyFrom(new byte[payload])))
        .build();
  }
}
