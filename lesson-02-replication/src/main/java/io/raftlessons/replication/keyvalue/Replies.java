package io.raftlessons.replication.keyvalue;

import io.raftlessons.replication.keyvalue.wire.Reply;

/** The replies the machine gives, by name. */
final class Replies {
  static final Reply OK = Reply.newBuilder().setStatus(Reply.Status.OK).build();
  static final Reply NOT_FOUND = Reply.newBuilder().setStatus(Reply.Status.NOT_FOUND).build();

  private static final int FIXED_WEIGHT = 64;

  private Replies() {}

  static Reply number(long number) {
    return OK.toBuilder().setNumber(number).build();
  }

  static Reply text(String text) {
    return OK.toBuilder().setText(text).build();
  }

  static Reply sum(long sum) {
    return OK.toBuilder().setNumber(sum).setText(Long.toString(sum)).build();
  }

  static Reply swapped(boolean swapped) {
    return OK.toBuilder().setSwapped(swapped).build();
  }

  static Reply invalid(String why) {
    return failed(Reply.Status.INVALID, why);
  }

  static Reply sessionRefused(String why) {
    return failed(Reply.Status.SESSION_REFUSED, why);
  }

  static Reply keyReused() {
    return failed(
        Reply.Status.KEY_REUSED, "the idempotency key was used before with another operation");
  }

  /** What a kept reply counts towards {@link KeyValueMachine.Limits#maxResultChars}. */
  static int weight(Reply reply) {
    return FIXED_WEIGHT + reply.getText().length();
  }

  private static Reply failed(Reply.Status status, String why) {
    return Reply.newBuilder().setStatus(status).setText(why).build();
  }
}
