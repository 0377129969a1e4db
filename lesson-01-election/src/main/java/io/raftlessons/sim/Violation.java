package io.raftlessons.sim;

/** Something happened that must not: which rule, and what was seen. */
public final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String rule;

  public Violation(String rule, String seen) {
    super(rule + ": " + seen);
    this.rule = rule;
  }

  /** The rule's name, such as "ElectionSafety". */
  public String rule() {
    return rule;
  }
}
