package io.raftlessons.runtime;

import java.net.URI;
import java.net.URISyntaxException;

/** Where a server listens: a name or an IP address (IPv6 in brackets), and a port of 1 to 65535. */
public record Address(String host, int port) {
  private static final int MAX_LENGTH = 300;

  /**
   * @throws IllegalArgumentException if the text is not "host:port"; names with an underscore are
   *     no host names
   */
  public static Address parse(String text) {
    if (text.length() <= MAX_LENGTH) {
      try {
        URI uri = new URI("raft://" + text);
        String host = uri.getHost();
        int port = uri.getPort();
        if (host != null && port > 0 && port <= 65535 && text.equals(host + ":" + port)) {
          return new Address(host, port);
        }
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException("not an address of the form host:port: " + text, e);
      }
    }
    throw new IllegalArgumentException(
        "not an address of the form host:port: "
            + text.substring(0, Math.min(text.length(), MAX_LENGTH)));
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
