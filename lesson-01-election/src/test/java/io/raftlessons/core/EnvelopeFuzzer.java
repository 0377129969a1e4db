package io.raftlessons.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Forward;
import io.raftlessons.wire.ForwardReply;
import io.raftlessons.wire.InstallSnapshot;
import io.raftlessons.wire.InstallSnapshotReply;
import io.raftlessons.wire.PreVote;
import io.raftlessons.wire.PreVoteReply;
import io.raftlessons.wire.ReadIndex;
import io.raftlessons.wire.ReadIndexReply;
import io.raftlessons.wire.RequestVote;
import io.raftlessons.wire.RequestVoteReply;
import io.raftlessons.wire.TimeoutNow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Messages to a server from a seed: such as correct servers send, such with one thing wrong, and
 * such whose bytes were damaged.
 */
public final class EnvelopeFuzzer {
  /** What is known of a message. */
  public enum Sort {
    /** The message alone does not tell that no correct server sent it; all else may be a lie. */
    WELL_FORMED,
    /** No correct server sends this. */
    GARBAGE,
    /** Its bytes were damaged; it may be either. */
    DAMAGED
  }

  /**
   * @param what the kind, and what is wrong with it if that is known
   */
  public record Fuzzed(Envelope envelope, Sort sort, String what) {}

  /** The largest term and index that a correct server may send. */
  static final long LARGEST = Long.MAX_VALUE / 2;

  private static final int KINDS_OF_LESSON_2 = 6;
  private static final int KINDS = 13;

  private final SimRandom random;
  private final EnvelopeDamage damage;
  private final String self;
  private final List<String> senders;
  private final long cluster;

  /** The state of the receiver, which most messages are made to fit. */
  private long term;

  private long lastIndex;

  /**
   * @param senders more often than others the peers of {@code self}
   */
  public EnvelopeFuzzer(SimRandom random, String self, List<String> senders, long cluster) {
    this.random = random;
    this.self = self;
    this.senders = List.copyOf(senders);
    this.cluster = cluster;
    damage = new EnvelopeDamage(random);
  }

  /** A message for a receiver in this state. */
  public Fuzzed next(long receiversTerm, long receiversLastIndex) {
    term = receiversTerm;
    lastIndex = receiversLastIndex;
    Envelope good = wellFormed();
    int sort = random.nextInt(10);
    if (sort < 5) {
      return new Fuzzed(good, Sort.WELL_FORMED, good.getBodyCase().toString());
    }
    if (sort < 9) {
      return damage.oneThing(good);
    }
    Envelope parsed = parsable(good);
    return new Fuzzed(parsed, Sort.DAMAGED, parsed.getBodyCase().toString());
  }

  private Envelope parsable(Envelope good) {
    for (int attempt = 0; attempt < 100; attempt++) {
      try {
        return Envelope.parseFrom(damaged(good.toByteArray()));
      } catch (InvalidProtocolBufferException e) {
        continue; // most damage is found by the parser
      }
    }
    throw new IllegalStateException("nothing that can be parsed came of " + good);
  }

  /** The message's bytes, damaged in a few places. */
  public byte[] bytes(Envelope message) {
    byte[] bytes = message.toByteArray();
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      bytes = damaged(bytes);
    }
    return bytes;
  }

  /** The bytes, damaged in one place. */
  public byte[] damaged(byte[] bytes) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt(256)};
    }
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(7)) {
      case 0 -> {
        return with(bytes, at, bytes[at] ^ (1 << random.nextInt(8)));
      }
      case 1 -> {
        return with(bytes, at, random.nextInt(256));
      }
      case 2 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 3 -> {
        return insert(bytes, at, Arrays.copyOfRange(bytes, at, at + random.nextInt(20)));
      }
      case 4 -> { // a length or number of five bytes and more, blown up
        byte[] large = new byte[1 + random.nextInt(10)];
        Arrays.fill(large, (byte) 0xff);
        large[large.length - 1] = 0x7f;
        return insert(bytes, at, large);
      }
      case 5 -> { // an unknown field
        ByteString unknown =
            Envelope.newBuilder().setTerm(random.nextLong()).setTo("\u00e9").build().toByteString();
        return insert(bytes, at, unknown.concat(unknown).toByteArray());
      }
      default -> { // groups within groups
        byte[] groups = new byte[random.nextInt(400)];
        Arrays.fill(groups, (byte) 0x5b);
        return insert(bytes, at, groups);
      }
    }
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    changed[at] = (byte) value;
    return changed;
  }

  private static byte[] insert(byte[] bytes, int at, byte[] more) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
    System.arraycopy(bytes, at, longer, at + more.length, bytes.length - at);
    System.arraycopy(more, 0, longer, at, more.length);
    return longer;
  }

  /** One that a correct server could have sent, in some run. */
  public Envelope wellFormed() {
    String from = senders.get(random.nextInt(senders.size()));
    int kind = random.nextInt(10) == 0 ? random.nextInt(KINDS) : random.nextInt(KINDS_OF_LESSON_2);
    long messageTerm = Math.max(kind % 2 == 0 ? 1 : 0, near(term));
    return body(kind, messageTerm)
        .setFrom(from)
        .setTo(self)
        .setCluster(cluster)
        .setTerm(messageTerm)
        .build();
  }

  private Envelope.Builder body(int kind, long messageTerm) {
    Envelope.Builder message = Envelope.newBuilder();
    long index = near(lastIndex);
    long termThere = index == 0 ? 0 : Math.max(1, messageTerm - random.nextInt(3));
    long beforeTerm = messageTerm <= 1 ? 0 : Math.max(1, messageTerm - 1 - random.nextInt(3));
    long lastLog = beforeTerm == 0 ? 0 : Math.max(1, index);
    return switch (kind) {
      case 0 ->
          message.setPreVote(
              PreVote.newBuilder()
                  .setLastLogIndex(lastLog)
                  .setLastLogTerm(beforeTerm)
                  .setRound(random.nextInt(4)));
      case 1 ->
          message.setPreVoteReply(
              PreVoteReply.newBuilder()
                  .setGranted(messageTerm > 0 && random.chance(0.7))
                  .setRound(random.nextInt(4)));
      case 2 ->
          message.setRequestVote(
              RequestVote.newBuilder()
                  .setLastLogIndex(lastLog)
                  .setLastLogTerm(beforeTerm)
                  .setLeadershipTransfer(random.chance(0.2)));
      case 3 ->
          message.setRequestVoteReply(RequestVoteReply.newBuilder().setGranted(random.chance(0.7)));
      case 4 ->
          message.setAppendEntries(
              AppendEntries.newBuilder()
                  .setPrevLogIndex(index)
                  .setPrevLogTerm(termThere)
                  .addAllEntries(entries(index, termThere, messageTerm))
                  .setLeaderCommit(near(index))
                  .setReadRound(random.nextInt(4))
                  .setReceiverJoined(near(index)));
      case 5 ->
          message.setAppendEntriesReply(
              AppendEntriesReply.newBuilder()
                  .setSuccess(random.chance(0.6))
                  .setPrevLogIndex(index)
                  .setCount(random.nextInt(4))
                  .setReadRound(random.nextInt(4))
                  .setHintIndex(near(index))
                  .setHintTerm(Math.min(messageTerm, random.nextInt(5))));
      case 6 -> message.setInstallSnapshot(InstallSnapshot.newBuilder().setOffset(near(index)));
      case 7 -> message.setInstallSnapshotReply(InstallSnapshotReply.newBuilder().setOffset(index));
      case 8 -> message.setTimeoutNow(TimeoutNow.getDefaultInstance());
      case 9 -> message.setReadIndex(ReadIndex.newBuilder().setRequestId(random.nextLong()));
      case 10 ->
          message.setReadIndexReply(
              ReadIndexReply.newBuilder().setReady(random.chance(0.5)).setReadIndex(index));
      case 11 -> message.setForward(Forward.newBuilder().setRequestId(random.nextLong()));
      default -> message.setForwardReply(ForwardReply.newBuilder().setRequestId(random.nextLong()));
    };
  }

  private List<Entry> entries(long prevIndex, long prevTerm, long messageTerm) {
    List<Entry> entries = new ArrayList<>();
    int count = random.chance(0.01) ? random.nextInt(2_000) : random.nextInt(5);
    long entryTerm = Math.max(1, prevTerm);
    for (int i = 1; i <= count && prevIndex + i <= LARGEST; i++) {
      entryTerm = Math.min(messageTerm, entryTerm + (random.chance(0.2) ? 1 : 0));
      entries.add(
          Entry.newBuilder()
              .setIndex(prevIndex + i)
              .setTerm(entryTerm)
              .setTypeValue(new int[] {0, 0, 0, 1, 4, 5}[random.nextInt(6)])
              .setTime(random.nextInt(1000))
              .setData(ByteString.copyFrom(new byte[random.nextInt(30)]))
              .build());
    }
    return entries;
  }

  /** Mostly close to a number, seldom extreme, from 0 to {@link #LARGEST}. */
  private long near(long center) {
    if (random.nextInt(200) == 0) {
      return random.chance(0.5) ? LARGEST - random.nextInt(3) : random.nextLong() & LARGEST;
    }
    return Math.min(LARGEST, Math.max(0, center + random.nextInt(6) - 3));
  }
}
