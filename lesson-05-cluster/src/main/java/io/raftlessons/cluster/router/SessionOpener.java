package io.raftlessons.cluster.router;

import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.cluster.Group;
import io.raftlessons.replication.keyvalue.wire.KeyValueCommand;
import io.raftlessons.replication.keyvalue.wire.OpenSession;
import io.raftlessons.replication.keyvalue.wire.Reply;
import io.raftlessons.runtime.EventLoop;
import io.raftlessons.runtime.EventLoop.Timer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens one session at a time, for as long as somebody waits for one. A session whose opening got
 * no answer is left to expire. Belongs to the router's loop.
 */
final class SessionOpener {
  /** Told of a session. */
  interface Opened {
    void opened(long session, long sentAt);
  }

  private static final byte[] OPEN_SESSION =
      KeyValueCommand.newBuilder()
          .setOpenSession(OpenSession.getDefaultInstance())
          .build()
          .toByteArray();

  private final EventLoop loop;
  private final Group group;
  private final RouterOptions options;
  private final BooleanSupplier wanted;
  private final Opened opened;
  private boolean opening;
  private long attempt;
  private int failures;
  private @Nullable Timer timer;

  SessionOpener(
      EventLoop loop, Group group, RouterOptions options, BooleanSupplier wanted, Opened opened) {
    this.loop = loop;
    this.group = group;
    this.options = options;
    this.wanted = wanted;
    this.opened = opened;
  }

  /** Starts, unless it is at it already. */
  void open() {
    if (!opening) {
      opening = true;
      failures = 0;
      attempt();
    }
  }

  void stop() {
    opening = false;
    attempt++;
    next(null);
  }

  private void attempt() {
    if (!wanted.getAsBoolean()) {
      stop();
      return;
    }
    long number = ++attempt;
    long sentAt = loop.now();
    next(
        loop.schedule(options.attemptNanos(), () -> failed(number, options.longestBackoffNanos())));
    Router.append(group, OPEN_SESSION.clone(), options.attemptNanos())
        .whenComplete(
            (result, failure) ->
                loop.execute(
                    () -> {
                      if (result != null) {
                        answered(number, sentAt, result);
                      } else {
                        failed(number, options.longestPauseAfter(Router.outcomeOf(failure)));
                      }
                    }));
  }

  private void answered(long number, long sentAt, byte[] result) {
    long id;
    try {
      Reply reply = Reply.parseFrom(result);
      id = reply.getStatus() == Reply.Status.OK ? reply.getNumber() : 0;
    } catch (InvalidProtocolBufferException e) {
      id = 0;
    }
    if (id < 1) {
      failed(number, options.longestBackoffNanos());
    } else if (opening) {
      stop();
      opened.opened(id, sentAt);
    }
  }

  private void failed(long number, long longestPause) {
    if (number == attempt) {
      attempt++;
      failures++;
      next(loop.schedule(options.backoff(failures, longestPause), this::attempt));
    }
  }

  private void next(@Nullable Timer next) {
    if (timer != null) {
      timer.cancel();
    }
    timer = next;
  }
}
