package io.raftlessons.cluster.http;

import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Listens for HTTP/1.1, with a new buffer wherever one is needed.
 *
 * <p>Jetty would keep a pool of them. But after a request that it cannot parse (a head that is too
 * large, for example) two of its threads may end the connection at once, and give the same buffer
 * back twice. The pool then hands it to two connections, and a client reads another one's answer,
 * or half of its own.
 */
public final class HttpConnector {
  private HttpConnector() {}

  /**
   * @param host to bind to
   * @param port 0 for any
   */
  public static ServerConnector create(
      Server server, HttpConfiguration http, String host, int port) {
    // Direct ones are dear to make.
    http.setUseInputDirectByteBuffers(false);
    http.setUseOutputDirectByteBuffers(false);
    ServerConnector connector =
        new ServerConnector(
            server,
            null,
            null,
            new ByteBufferPool.NonPooling(),
            1,
            1,
            new HttpConnectionFactory(http));
    connector.setHost(host);
    connector.setPort(port);
    return connector;
  }
}
