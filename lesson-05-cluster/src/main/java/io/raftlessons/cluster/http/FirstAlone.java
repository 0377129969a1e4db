package io.raftlessons.cluster.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Lets the first request through alone; others that came with it wait until it has been handled.
 *
 * <p>Javalin's servlet finishes its own setting up at its first request, and does so without a
 * lock: a second request at the same moment may find it half done and get an empty 500. Clients
 * that wait for a node to come back do send several at the same moment.
 */
public final class FirstAlone extends Handler.Wrapper {
  private final ReentrantLock setUp = new ReentrantLock();
  private final long patienceNanos;
  private volatile boolean done;

  /**
   * @param patience how long others wait for a first request whose body does not come
   */
  public FirstAlone(Duration patience) {
    patienceNanos = patience.toNanos();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (done || !setUp.tryLock(patienceNanos, TimeUnit.NANOSECONDS)) {
      return super.handle(request, response, callback);
    }
    try {
      return super.handle(request, response, callback);
    } finally {
      done = true;
      setUp.unlock();
    }
  }
}
