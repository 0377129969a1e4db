package io.raftlessons.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jetty finds a connection idle while a request on it is about to be handled. */
@Timeout(60)
class CallsAreNotIdleTest {
  private final CountDownLatch foundIdle = new CountDownLatch(1);
  private final AtomicReference<Throwable> failed = new AtomicReference<>();

  @Test
  void aRequestIsNotFailedByTheIdleTimeout() throws Exception {
    Server server = new Server();
    LocalConnector connector = new LocalConnector(server);
    server.addConnector(connector);
    server.setHandler(new Watcher());
    CallsAreNotIdle tested = new CallsAreNotIdle();
    server.getTail().setHandler(tested);
    tested.setHandler(new LikeServlets());
    server.start();
    try {
      String answer =
          connector.getResponse("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 30, TimeUnit.SECONDS);
      assertThat(answer).startsWith("HTTP/1.1 200 OK");
      assertThat(failed).hasNullValue();
    } finally {
      server.stop();
    }
  }

  /** Sees the idle timeout before anybody else does. */
  private final class Watcher extends Handler.Wrapper {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      request.addIdleTimeoutListener(
          timeout -> {
            foundIdle.countDown();
            return false;
          });
      return super.handle(request, response, callback);
    }
  }

  /** Says that the connection is idle, and answers only when it has been asked that. */
  private final class LikeServlets extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      request.addIdleTimeoutListener(timeout -> true);
      request.addFailureListener(failed::set);
      EndPoint connection = request.getConnectionMetaData().getConnection().getEndPoint();
      connection.setIdleTimeout(10);
      CompletableFuture.runAsync(
          () -> {
            try {
              foundIdle.await();
              connection.setIdleTimeout(30_000);
              callback.succeeded();
            } catch (InterruptedException e) {
              callback.failed(e);
            }
          });
      return true;
    }
  }
}
