package io.raftlessons.runtime;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One daemon thread that does I/O and runs tasks. What lives on it needs no lock. */
final class NettyThread {
  private final EventLoopGroup group;
  private final ScheduledExecutorService executor;

  NettyThread(String name) {
    group =
        new MultiThreadIoEventLoopGroup(
            1,
            task -> {
              Thread thread = new FastThreadLocalThread(task, name);
              thread.setDaemon(true);
              return thread;
            },
            NioIoHandler.newFactory());
    executor = group.next();
  }

  EventLoopGroup group() {
    return group;
  }

  ScheduledExecutorService executor() {
    return executor;
  }

  /** False if the thread has ended. */
  boolean post(Runnable task) {
    try {
      executor.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Ends the thread after the tasks that were posted; does not wait. */
  void shutdown() {
    group.shutdownGracefully(20, 1000, TimeUnit.MILLISECONDS);
  }

  boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return group.awaitTermination(timeout, unit);
  }
}
