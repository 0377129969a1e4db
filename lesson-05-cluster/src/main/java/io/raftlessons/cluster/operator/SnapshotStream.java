package io.raftlessons.cluster.operator;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.raftlessons.cluster.operator.wire.SnapshotPiece;
import io.raftlessons.snapshots.MetaJson;
import io.raftlessons.snapshots.SnapshotSource;
import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A snapshot on its way to an operator: read as fast as it is taken, so that no more than a few
 * pieces are in memory. Everything happens on the call's own executor, one after the other.
 */
final class SnapshotStream {
  private static final int PIECE_BYTES = 256 << 10;
  private static final Logger log = LoggerFactory.getLogger(SnapshotStream.class);

  private final SnapshotSource source;
  private final InputStream content;
  private final ServerCallStreamObserver<SnapshotPiece> receiver;
  private final Runnable ended;
  private long left;
  private boolean closed;

  /**
   * @param content of the source
   */
  private SnapshotStream(
      SnapshotSource source,
      InputStream content,
      ServerCallStreamObserver<SnapshotPiece> receiver,
      Runnable ended) {
    this.source = source;
    this.content = content;
    this.receiver = receiver;
    this.ended = ended;
    left = source.meta().getSize();
  }

  /**
   * Within the method that answers the call.
   *
   * @param source is closed at the end
   * @param ended run when all was sent or the receiver has gone; not if this throws
   * @throws IOException if it cannot be read; nothing was sent then, and it is closed
   */
  static void begin(
      SnapshotSource source, ServerCallStreamObserver<SnapshotPiece> receiver, Runnable ended)
      throws IOException {
    InputStream content;
    try {
      content = source.stream();
    } catch (IOException e) {
      source.close();
      throw e;
    }
    SnapshotStream stream = new SnapshotStream(source, content, receiver, ended);
    receiver.setOnCancelHandler(stream::close);
    receiver.setOnReadyHandler(stream::send);
    ByteString meta = ByteString.copyFrom(MetaJson.encode(source.meta()));
    receiver.onNext(SnapshotPiece.newBuilder().setMeta(meta).build());
    stream.send();
  }

  private void send() {
    try {
      while (!closed && left > 0 && receiver.isReady()) {
        byte[] piece = content.readNBytes((int) Math.min(PIECE_BYTES, left));
        if (piece.length == 0) {
          throw new IOException("snapshot " + source.meta().getId() + " ends early");
        }
        left -= piece.length;
        receiver.onNext(SnapshotPiece.newBuilder().setData(ByteString.copyFrom(piece)).build());
      }
      if (!closed && left == 0) {
        close();
        receiver.onCompleted();
      }
    } catch (IOException e) {
      log.warn("a snapshot that an operator asked for cannot be read", e);
      close();
      receiver.onError(
          Status.DATA_LOSS.withDescription(String.valueOf(e.getMessage())).asRuntimeException());
    }
  }

  private void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      source.close();
    } catch (IOException e) {
      log.warn("a snapshot could not be closed", e);
    }
    ended.run();
  }
}
