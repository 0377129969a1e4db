package io.raftlessons.membership;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.Server.Suffrage;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What can be said of a configuration by itself. Pure functions. */
public final class Configurations {
  private static final int MOST_SERVERS = 1_000;
  private static final int LONGEST_ADDRESS = 300;

  private Configurations() {}

  /** A configuration of these voters, whose addresses are their ids: for tests and one process. */
  public static Configuration ofVoters(Collection<String> ids) {
    Configuration.Builder configuration = Configuration.newBuilder();
    ids.forEach(id -> configuration.addServers(voter(id, id)));
    return configuration.build();
  }

  public static Server voter(String id, String address) {
    return server(id, address, Suffrage.VOTER);
  }

  public static Server nonvoter(String id, String address) {
    return server(id, address, Suffrage.NONVOTER);
  }

  private static Server server(String id, String address, Suffrage suffrage) {
    return Server.newBuilder().setId(id).setAddress(address).setSuffrage(suffrage).build();
  }

  /**
   * Says what is wrong with it: an id or address that is empty, malformed or not the only one of
   * its kind, or no voter. Empty if nothing is.
   */
  public static Optional<String> problem(Configuration configuration) {
    Set<String> ids = new TreeSet<>();
    Set<String> addresses = new TreeSet<>();
    boolean hasVoter = false;
    if (configuration.getServersCount() > MOST_SERVERS) {
      return Optional.of("a configuration has at most " + MOST_SERVERS + " servers");
    }
    for (Server server : configuration.getServersList()) {
      String id = server.getId();
      if (!id.matches("[!-~]{1,128}")) {
        return Optional.of(
            "a server id has 1 to 128 visible ASCII characters and no blank, one here has "
                + id.length());
      }
      if (server.getAddress().isEmpty() || server.getAddress().length() > LONGEST_ADDRESS) {
        return Optional.of(
            id + " needs an address of 1 to " + LONGEST_ADDRESS + " characters, host:port");
      }
      if (!ids.add(id)) {
        return Optional.of("two servers have the id " + id);
      }
      if (!addresses.add(server.getAddress())) {
        return Optional.of("two servers have the address " + server.getAddress());
      }
      if (server.getSuffrage() == Suffrage.UNRECOGNIZED) {
        return Optional.of(id + " has a suffrage that this program does not know");
      }
      hasVoter |= server.getSuffrage() == Suffrage.VOTER;
    }
    return hasVoter ? Optional.empty() : Optional.of("at least one voter is needed");
  }

  /** The server of that id; null if there is none. */
  public static @Nullable Server find(Configuration configuration, String id) {
    for (Server server : configuration.getServersList()) {
      if (server.getId().equals(id)) {
        return server;
      }
    }
    return null;
  }

  static boolean isVoter(@Nullable Server server) {
    return server != null && server.getSuffrage() == Suffrage.VOTER;
  }

  /** A first configuration: nobody joined later, whatever it was copied from. */
  static Configuration fromTheStart(Configuration configuration) {
    Configuration.Builder first = configuration.toBuilder();
    first.getServersBuilderList().forEach(Server.Builder::clearJoined);
    return first.build();
  }

  /** The configuration with the index at which its new servers join. */
  static Configuration withJoined(Configuration next, Set<String> members, long index) {
    Configuration.Builder dated = next.toBuilder();
    for (Server.Builder server : dated.getServersBuilderList()) {
      if (!members.contains(server.getId())) {
        server.setJoined(index);
      }
    }
    return dated.build();
  }

  /** As it stands in the log. */
  static Configuration parse(Entry entry) {
    try {
      return Configuration.parseFrom(entry.getData());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("entry " + entry.getIndex() + " is no configuration", e);
    }
  }

  /** One line, as in "n1 n2 n3(nonvoter)". */
  static String text(Configuration configuration) {
    StringBuilder text = new StringBuilder();
    for (Server server : configuration.getServersList()) {
      text.append(text.isEmpty() ? "" : " ").append(server.getId());
      text.append(isVoter(server) ? "" : "(nonvoter)");
    }
    return text.toString();
  }
}
