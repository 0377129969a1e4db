package io.raftlessons.membership.sim;

import io.raftlessons.membership.ChangeResult;
import io.raftlessons.membership.ConfigurationStatus;
import io.raftlessons.replication.sim.SimServer;
import io.raftlessons.wire.Configuration;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A simulated server as its operators find it: these calls are the facade's, of any lesson. */
public interface SimMember extends SimServer {
  /** Its id. */
  String id();

  /** Gives a group its first configuration. */
  CompletableFuture<@Nullable Void> bootstrapCluster(Configuration first);

  /** What counts here. */
  ConfigurationStatus getConfiguration();

  /** Adds a server that votes. */
  CompletableFuture<ChangeResult> addVoter(
      String id, String address, long prevIndex, Duration timeout);

  /** Adds a server that does not vote. */
  CompletableFuture<ChangeResult> addNonvoter(
      String id, String address, long prevIndex, Duration timeout);

  /** Takes a server's vote. */
  CompletableFuture<ChangeResult> demoteVoter(String id, long prevIndex, Duration timeout);

  /** Removes a server. */
  CompletableFuture<ChangeResult> removeServer(String id, long prevIndex, Duration timeout);

  /** Hands over leadership to whoever is most advanced. */
  CompletableFuture<@Nullable Void> leadershipTransfer();

  /** Hands over leadership to this server. */
  CompletableFuture<@Nullable Void> leadershipTransferToServer(String id);
}
