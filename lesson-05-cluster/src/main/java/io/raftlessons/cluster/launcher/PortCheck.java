package io.raftlessons.cluster.launcher;

import io.raftlessons.cluster.config.ClusterConfig;
import io.raftlessons.cluster.config.Setting;
import io.raftlessons.cluster.config.Settings;
import io.raftlessons.cluster.config.Settings.Listener;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds out before a node starts whether its ports are free. */
final class PortCheck {
  private PortCheck() {}

  /**
   * @throws CommandException if a port of the node is taken; the message says how to move it
   */
  static void requireFree(ClusterConfig config, int node) {
    for (Listener listener : Listener.values()) {
      int port = config.port(node, listener);
      try (ServerSocket probe = new ServerSocket()) {
        // connections of a node that has just ended may linger, and do not keep it from listening
        probe.setReuseAddress(true);
        probe.bind(new InetSocketAddress(InetAddress.getByName(config.bindAddress()), port));
      } catch (BindException e) {
        Setting setting = Settings.port(node, listener);
        throw new CommandException(
            "port %d on %s is not free (%s): %s needs it as its %s port. Give it another with %s or %s."
                .formatted(
                    port,
                    config.bindAddress(),
                    e.getMessage(),
                    ClusterConfig.nodeName(node),
                    listener.label(),
                    setting.flag(),
                    setting.variable()),
            e);
      } catch (IOException e) {
        throw new CommandException(
            "cannot listen on %s: %s; see %s"
                .formatted(config.bindAddress(), e, Settings.BIND_ADDRESS.flag()),
            e);
      }
    }
  }
}
