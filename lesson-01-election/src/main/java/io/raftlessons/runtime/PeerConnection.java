package io.raftlessons.runtime;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.raftlessons.wire.Frame;
import io.raftlessons.wire.FrameAck;
import io.raftlessons.wire.PeerGrpc;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to reach a peer: a channel with one stream on it, watched. A channel's own reconnect
 * waits a second at least and two minutes at most, so a new attempt is a new channel.
 *
 * <p>gRPC's keepalive is not enough either: a client may not ping more often than every 10 seconds.
 * So the peer says on the stream that it is alive, and its silence ends the connection, whether it
 * hangs while connecting or later. Lives on the sending thread.
 */
final class PeerConnection extends ClientCall.Listener<FrameAck> {
  private static final int MAX_ACK_BYTES = 1 << 10;
  private static final int MAX_CONNECT_MILLIS = 10_000;

  /** Flow control of HTTP/2, per stream and connection. A fixed size keeps gRPC from probing. */
  static final int WINDOW_BYTES = 1 << 20;

  private final PeerLink link;
  private final NettyThread thread;
  private final long aliveTimeout;
  private final int connectMillis;
  private @Nullable ScheduledFuture<?> watch;
  private @Nullable ManagedChannel channel;
  private @Nullable ClientCall<Frame, FrameAck> call;
  private long heardAt = System.nanoTime();

  PeerConnection(PeerLink link, GrpcOptions options, NettyThread thread) {
    this.link = link;
    this.thread = thread;
    aliveTimeout = options.aliveTimeout().toNanos();
    connectMillis = (int) Math.min(options.aliveTimeout().toMillis(), MAX_CONNECT_MILLIS);
  }

  void open(Address address, Hello hello) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(address.host(), address.port())
            .usePlaintext()
            .eventLoopGroup(thread.group())
            .channelType(NioSocketChannel.class)
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis)
            .executor(thread.executor())
            .flowControlWindow(WINDOW_BYTES)
            .maxInboundMessageSize(MAX_ACK_BYTES)
            .disableRetry()
            .disableServiceConfigLookUp()
            .proxyDetector(target -> null)
            .build();
    this.channel = channel;
    ClientCall<Frame, FrameAck> call =
        channel.newCall(PeerGrpc.getStreamMethod(), CallOptions.DEFAULT);
    this.call = call;
    long period = Math.max(aliveTimeout / 4, 1);
    watch =
        thread.executor().scheduleAtFixedRate(this::watch, period, period, TimeUnit.NANOSECONDS);
    call.start(this, hello.toMetadata());
    call.request(2);
  }

  boolean isReady() {
    return call != null && call.isReady();
  }

  void send(Frame frame) {
    if (call != null) {
      call.sendMessage(frame);
    }
  }

  /** Idempotent. */
  void close(String why) {
    if (watch != null) {
      watch.cancel(false);
    }
    if (call != null) {
      call.cancel(why, null);
    }
    if (channel != null) {
      channel.shutdownNow();
    }
  }

  boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    ManagedChannel channel = this.channel;
    return channel == null || channel.awaitTermination(timeout, unit);
  }

  @Override
  public void onMessage(FrameAck ack) {
    heardAt = System.nanoTime();
    link.opened(this);
    if (call != null) {
      call.request(1);
    }
  }

  @Override
  public void onReady() {
    link.flush();
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    link.ended(this, status);
  }

  private void watch() {
    long silent = System.nanoTime() - heardAt;
    if (silent > aliveTimeout) {
      link.ended(
          this,
          Status.DEADLINE_EXCEEDED.withDescription(
              "silent for " + TimeUnit.NANOSECONDS.toMillis(silent) + " ms"));
    }
  }
}
