package io.raftlessons.membership;

import io.raftlessons.wire.Configuration;
import io.raftlessons.wire.Server;
import io.raftlessons.wire.Server.Suffrage;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A change of the configuration, as its caller asks for it (HashiCorp's AddVoter, AddNonvoter,
 * DemoteVoter, RemoveServer). Each changes one server, so that any majority of the configuration
 * before and any of the one after have a server in common (thesis 4.1).
 */
public sealed interface Change {
  /** The server it is about. */
  String id();

  /**
   * What becomes of a configuration. The same one, if the change changes nothing. It may be wrong:
   * see {@link Configurations#problem}.
   */
  Configuration applyTo(Configuration before);

  /** In a few words. */
  String describe();

  /**
   * A server that is to vote. If it does not belong yet, or does not vote, this adds it as nonvoter
   * only: it is promoted when it has caught up ({@link Promote}). A voter gets the address.
   */
  record AddVoter(String id, String address) implements Change {
    public AddVoter {
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(address, "address");
    }

    @Override
    public Configuration applyTo(Configuration before) {
      return addOrMove(before, id, address);
    }

    @Override
    public String describe() {
      return "add voter " + id;
    }
  }

  /** A server that gets the log and does not vote. A voter keeps its vote, and gets the address. */
  record AddNonvoter(String id, String address) implements Change {
    public AddNonvoter {
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(address, "address");
    }

    @Override
    public Configuration applyTo(Configuration before) {
      return addOrMove(before, id, address);
    }

    @Override
    public String describe() {
      return "add nonvoter " + id;
    }
  }

  /** A voter that is to be none. A server that is not there stays away. */
  record DemoteVoter(String id) implements Change {
    public DemoteVoter {
      Objects.requireNonNull(id, "id");
    }

    @Override
    public Configuration applyTo(Configuration before) {
      return edit(before, id, server -> server.setSuffrage(Suffrage.NONVOTER));
    }

    @Override
    public String describe() {
      return "demote " + id;
    }
  }

  /** A server that is to go. */
  record RemoveServer(String id) implements Change {
    public RemoveServer {
      Objects.requireNonNull(id, "id");
    }

    @Override
    public Configuration applyTo(Configuration before) {
      Configuration.Builder after = Configuration.newBuilder();
      before.getServersList().stream()
          .filter(server -> !server.getId().equals(id))
          .forEach(after::addServers);
      return after.build();
    }

    @Override
    public String describe() {
      return "remove " + id;
    }
  }

  /**
   * The second half of {@link AddVoter}: the nonvoter has caught up. Changes nothing if there is no
   * nonvoter of that id and address any more.
   *
   * @param storage the disk that it keeps its log on
   */
  record Promote(String id, String address, long storage) implements Change {
    @Override
    public Configuration applyTo(Configuration before) {
      return edit(
          before,
          id,
          server ->
              server.getAddress().equals(address)
                  ? server.setSuffrage(Suffrage.VOTER).setStorage(storage)
                  : server);
    }

    @Override
    public String describe() {
      return "promote " + id;
    }
  }

  private static Configuration addOrMove(Configuration before, String id, String address) {
    if (Configurations.find(before, id) != null) {
      return edit(before, id, server -> server.setAddress(address));
    }
    return before.toBuilder().addServers(Configurations.nonvoter(id, address)).build();
  }

  private static Configuration edit(
      Configuration before, String id, UnaryOperator<Server.Builder> edit) {
    Configuration.Builder after = Configuration.newBuilder();
    for (Server server : before.getServersList()) {
      after.addServers(server.getId().equals(id) ? edit.apply(server.toBuilder()).build() : server);
    }
    return after.build();
  }
}
