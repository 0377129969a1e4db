package io.raftlessons.cluster.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Failures that Jetty finds before a handler is reached, or in spite of it, in the same JSON. */
public final class JettyErrors extends ErrorHandler {
  private final String source;

  /**
   * @param source what the answers name as the one that failed
   */
  public JettyErrors(String source) {
    this.source = source;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    headers(response.getHeaders());
    response.write(true, body(response.getStatus()), callback);
    return true;
  }

  private static void headers(HttpFields.Mutable fields) {
    fields.put(HttpHeader.CONTENT_TYPE, "application/json");
    fields.put(HttpHeader.CACHE_CONTROL, "no-store");
  }

  private ByteBuffer body(int status) {
    String json = ErrorJson.of(status, HttpStatus.getMessage(status), source);
    return ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8));
  }
}
