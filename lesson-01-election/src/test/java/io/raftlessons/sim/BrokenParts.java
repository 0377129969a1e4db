package io.raftlessons.sim;

import io.raftlessons.core.Electorate;
import io.raftlessons.core.Part;
import io.raftlessons.core.Step;
import io.raftlessons.election.Election;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Envelope.BodyCase;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Parts that break one rule, made from the reference: what simulator and exploration must find. */
public final class BrokenParts {
  private BrokenParts() {}

  /** Each server takes itself for a quorum. */
  public static final Election.Factory ALONE =
      (config, log, electorate, gate, random) ->
          new ReferenceElection(
              config, log, Electorate.fixed(List.of(config.localId())), gate, random);

  /** A quorum of n/2 servers. */
  public static final Election.Factory HALF =
      (config, log, electorate, gate, random) ->
          new ReferenceElection(
              config, log, new Quorum(electorate, electorate.members().size() / 2), gate, random);

  /** Votes leave before they are on disk. */
  public static final Election.Factory HASTY_VOTES =
      (config, log, electorate, gate, random) ->
          changed(
              Election.class,
              new ReferenceElection(config, log, electorate, gate, random),
              step -> sendingNow(step, BodyCase.REQUEST_VOTE_REPLY));

  /** Everybody who asks gets the vote. */
  public static final Election.Factory MANY_VOTES =
      (config, log, electorate, gate, random) ->
          changed(
              Election.class,
              new ReferenceElection(config, log, electorate, gate, random),
              BrokenParts::forgettingVotes);

  /** So many servers are a quorum, whichever they are. */
  public record Quorum(Electorate all, int servers) implements Electorate {
    @Override
    public SortedSet<String> members() {
      return all.members();
    }

    @Override
    public boolean votes(String id) {
      return all.votes(id);
    }

    @Override
    public boolean isQuorum(Predicate<String> has) {
      return members().stream().filter(has).count() >= servers;
    }
  }

  /** The part, seeing another step than it is given. */
  public static <P extends Part> P changed(Class<P> type, P part, UnaryOperator<Step> change) {
    return proxy(
        type,
        part.getClass().getInterfaces(),
        (method, arguments) -> {
          for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof Step step) {
              arguments[i] = change.apply(step);
            }
          }
          return invoke(method, part, arguments);
        });
  }

  /**
   * The part, but for the methods of one name.
   *
   * @param answer gets the arguments; it may ask the part itself
   */
  public static <P> P answering(
      Class<P> type, P part, String name, Function<Object[], @Nullable Object> answer) {
    return proxy(
        type,
        part.getClass().getInterfaces(),
        (method, arguments) ->
            method.getName().equals(name)
                ? answer.apply(arguments)
                : invoke(method, part, arguments));
  }

  /** A step that sends messages of this kind without waiting for the disk. */
  public static Step sendingNow(Step step, BodyCase kind) {
    return proxy(
        Step.class,
        new Class<?>[] {Step.class},
        (method, arguments) -> {
          if (method.getName().equals("sendAfterSync")
              && arguments[1] instanceof Envelope.Builder body
              && body.getBodyCase() == kind) {
            step.sendNow((String) arguments[0], body);
            return null;
          }
          return invoke(method, step, arguments);
        });
  }

  private static Step forgettingVotes(Step step) {
    return proxy(
        Step.class,
        new Class<?>[] {Step.class},
        (method, arguments) -> {
          if (method.getName().equals("votedFor")) {
            return "";
          }
          if (method.getName().equals("voteFor") && !step.votedFor().isEmpty()) {
            return null;
          }
          return invoke(method, step, arguments);
        });
  }

  private interface Call {
    @Nullable Object made(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Class<?>[] interfaces, Call call) {
    InvocationHandler handler =
        (proxy, method, arguments) ->
            call.made(method, arguments == null ? new Object[0] : arguments);
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), interfaces, handler));
  }

  private static @Nullable Object invoke(Method method, Object target, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
