package io.raftlessons.cluster.operator;

/** Why the cluster did not do what an operator asked. */
public final class OperatorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OperatorException(String message) {
    super(message);
  }
}
