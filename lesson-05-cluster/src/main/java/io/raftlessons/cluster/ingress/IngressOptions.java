package io.raftlessons.cluster.ingress;

import java.time.Duration;

/**
 * Where a node's ingress listens and what it takes on.
 *
 * @param host address to bind to
 * @param port 0: any free one
 * @param nodeName named as the source of failures that lie behind the ingress
 * @param maxConnections from 1; further ones wait to be accepted
 * @param maxConcurrent calls under way, from 1; one more is answered with 429
 * @param deadline for each call, from 1 ms to 1 h; clients can ask for a shorter one
 */
public record IngressOptions(
    String host,
    int port,
    String nodeName,
    int maxConnections,
    int maxConcurrent,
    Duration deadline) {

  public IngressOptions {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + ": must be from 0 to 65535");
    }
    if (maxConnections < 1 || maxConcurrent < 1) {
      throw new IllegalArgumentException(
          "maxConnections " + maxConnections + ", maxConcurrent " + maxConcurrent + ": at least 1");
    }
    if (deadline.toMillis() < 1 || deadline.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("deadline " + deadline + ": must be from 1 ms to 1 h");
    }
  }

  /** Loopback only, 256 connections, 512 calls of 10 s. */
  public static IngressOptions defaults(String nodeName, int port) {
    return new IngressOptions("127.0.0.1", port, nodeName, 256, 512, Duration.ofSeconds(10));
  }
}
