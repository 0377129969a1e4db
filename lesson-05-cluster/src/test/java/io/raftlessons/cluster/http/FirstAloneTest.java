package io.raftlessons.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FirstAloneTest {
  private final CountDownLatch letFirstGo = new CountDownLatch(1);
  private final AtomicInteger arrived = new AtomicInteger();
  private final AtomicInteger handled = new AtomicInteger();

  @Test
  void othersWaitForTheFirst() throws Exception {
    Server server = new Server();
    LocalConnector connector = new LocalConnector(server);
    server.addConnector(connector);
    server.setHandler(new Counter());
    FirstAlone tested = new FirstAlone(Duration.ofMinutes(1));
    server.getTail().setHandler(tested);
    tested.setHandler(new SlowAtFirst());
    server.start();
    try {
      CompletableFuture<String> first = request(connector);
      await().until(() -> handled.get() == 1);
      CompletableFuture<String> second = request(connector);
      await().until(() -> arrived.get() == 2);
      await().during(100, TimeUnit.MILLISECONDS).until(() -> handled.get() == 1);
      letFirstGo.countDown();
      assertThat(first.get()).startsWith("HTTP/1.1 200");
      assertThat(second.get()).startsWith("HTTP/1.1 200");
      assertThat(handled).hasValue(2);
    } finally {
      server.stop();
    }
  }

  private static CompletableFuture<String> request(LocalConnector connector) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return connector.getResponse("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 30, TimeUnit.SECONDS);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  private final class Counter extends Handler.Wrapper {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      arrived.incrementAndGet();
      return super.handle(request, response, callback);
    }
  }

  private final class SlowAtFirst extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      handled.incrementAndGet();
      letFirstGo.await();
      callback.succeeded();
      return true;
    }
  }
}
