package io.raftlessons.cluster.http;

import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A connection with a request on it is not idle, also when the request came at the very moment at
 * which the connection would have been closed.
 *
 * <p>Jetty's servlets see that otherwise: for them a request whose handling is about to begin is
 * still idle. The call would be carried out, and its answer thrown away for an empty 500. A body
 * that stops coming is not touched by this: its reader is told.
 */
public final class CallsAreNotIdle extends Handler.Wrapper {
  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    request.addIdleTimeoutListener(timeout -> false);
    return super.handle(new Busy(request), response, callback);
  }

  private static final class Busy extends Request.Wrapper {
    Busy(Request request) {
      super(request);
    }

    @Override
    public void addIdleTimeoutListener(Predicate<TimeoutException> onIdleTimeout) {
      // One listener that says yes is enough to fail the request, so the servlets' is left out.
    }
  }
}
