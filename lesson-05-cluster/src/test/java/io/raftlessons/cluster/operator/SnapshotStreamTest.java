package io.raftlessons.cluster.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.stub.ServerCallStreamObserver;
import io.raftlessons.cluster.operator.wire.SnapshotPiece;
import io.raftlessons.membership.Configurations;
import io.raftlessons.snapshots.MetaJson;
import io.raftlessons.snapshots.SnapshotSource;
import io.raftlessons.wire.SnapshotMeta;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SnapshotStreamTest {
  /** A caller that takes so many pieces, and no more until it is told. */
  private static final class Caller extends ServerCallStreamObserver<SnapshotPiece> {
    final List<SnapshotPiece> pieces = new ArrayList<>();
    int room = 1;
    Runnable ready = () -> {};
    Runnable cancel = () -> {};
    boolean completed;
    @Nullable Throwable failed;

    @Override
    public boolean isReady() {
      return room > 0;
    }

    @Override
    public void onNext(SnapshotPiece piece) {
      room--;
      pieces.add(piece);
    }

    @Override
    public void onError(Throwable error) {
      failed = error;
    }

    @Override
    public void onCompleted() {
      completed = true;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      ready = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
      cancel = handler;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setCompression(String compression) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}
  }

  private static class Source implements SnapshotSource {
    final byte[] content;
    final SnapshotMeta meta;
    int closed;

    /**
     * @param promised bytes, by its meta
     */
    Source(byte[] content, long promised) {
      this.content = content;
      meta =
          SnapshotMeta.newBuilder()
              .setId("a")
              .setIndex(9)
              .setTerm(1)
              .setSize(promised)
              .setConfiguration(Configurations.ofVoters(List.of("n")))
              .build();
    }

    @Override
    public SnapshotMeta meta() {
      return meta;
    }

    @Override
    public InputStream stream() throws IOException {
      return new ByteArrayInputStream(content);
    }

    @Override
    public void close() {
      closed++;
    }
  }

  private final Caller caller = new Caller();
  private int ended;

  private Source begin(int size, int promised) throws IOException {
    byte[] content = new byte[size];
    new Random(1).nextBytes(content);
    Source source = new Source(content, promised);
    SnapshotStream.begin(source, caller, () -> ended++);
    return source;
  }

  @Test
  void itIsReadAsFastAsItIsTaken() throws Exception {
    Source source = begin(1_000_000, 1_000_000);
    assertThat(caller.pieces).as("there was room for the meta only").hasSize(1);
    assertThat(MetaJson.decode("m", caller.pieces.get(0).getMeta().toByteArray()))
        .isEqualTo(source.meta);
    caller.room = 2;
    caller.ready.run();
    assertThat(caller.pieces).hasSize(3);
    caller.room = 100;
    caller.ready.run();
    assertThat(caller.completed).isTrue();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (SnapshotPiece piece : caller.pieces) {
      piece.getData().writeTo(all);
    }
    assertThat(all.toByteArray()).isEqualTo(source.content);
    caller.ready.run();
    caller.cancel.run();
    assertThat(source.closed).isEqualTo(1);
    assertThat(ended).isEqualTo(1);
  }

  @Test
  void whoHangsUpLeavesNothingOpen() throws Exception {
    Source source = begin(1_000_000, 1_000_000);
    caller.cancel.run();
    caller.room = 100;
    caller.ready.run();
    assertThat(caller.pieces).hasSize(1);
    assertThat(caller.completed).isFalse();
    assertThat(source.closed).isEqualTo(1);
    assertThat(ended).isEqualTo(1);
  }

  @Test
  void anEmptyOneEndsAtOnce() throws Exception {
    begin(0, 0);
    assertThat(caller.completed).isTrue();
    assertThat(ended).isEqualTo(1);
  }

  @Test
  void oneThatEndsEarlyIsAnError() throws Exception {
    caller.room = 100;
    Source source = begin(10, 11);
    assertThat(caller.completed).isFalse();
    assertThat(caller.failed).hasMessageContaining("ends early");
    assertThat(source.closed).isEqualTo(1);
    assertThat(ended).isEqualTo(1);
  }

  @Test
  void oneThatCannotBeReadIsClosed() {
    Source source =
        new Source(new byte[0], 1) {
          @Override
          public InputStream stream() throws IOException {
            throw new IOException("no stream");
          }
        };
    assertThatThrownBy(() -> SnapshotStream.begin(source, caller, () -> ended++))
        .hasMessage("no stream");
    assertThat(source.closed).isEqualTo(1);
    assertThat(caller.pieces).isEmpty();
    assertThat(ended).as("the caller knows it by the exception").isZero();
  }
}
