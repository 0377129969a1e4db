package io.raftlessons.runtime;

import static io.raftlessons.core.CoreFixture.MS;
import static io.raftlessons.core.CoreFixture.hardState;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.sun.management.ThreadMXBean;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.raftlessons.core.Electorate;
import io.raftlessons.core.EnvelopeFuzzer;
import io.raftlessons.core.EnvelopeFuzzer.Fuzzed;
import io.raftlessons.core.EnvelopeFuzzer.Sort;
import io.raftlessons.core.FuzzedCore;
import io.raftlessons.core.Gate;
import io.raftlessons.core.LogView;
import io.raftlessons.core.RaftConfig;
import io.raftlessons.core.RaftCore;
import io.raftlessons.election.Heartbeats;
import io.raftlessons.election.ReferenceElection;
import io.raftlessons.sim.SimRandom;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import io.raftlessons.wire.Frame;
import io.raftlessons.wire.FrameAck;
import io.raftlessons.wire.PeerGrpc;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the bytes of a stream to the core, without a network. {@code -Dfuzz.envelopes=N} says how
 * many frames, {@code -Dfuzz.seed=N} which.
 */
class FrameFuzzTest {
  private static final Logger log = LoggerFactory.getLogger("io.raftlessons.reach");
  private static final long CLUSTER = 0xCAFEL;
  private static final int FRAMES_PER_CORE = 50;
  private static final int ALLOWED_BYTES_PER_BYTE = 100;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void bytesBecomeMessagesForThisServerOrNothing() {
    FuzzedCore.fuzz(10_000, FRAMES_PER_CORE, (random, counts) -> new Run(random, counts).fuzz())
        .have("frame taken", "frame refused", "other sender", "other receiver", "other cluster");
  }

  private static final class Run {
    private final SimRandom random;
    private final FuzzedCore.Counts counts;
    private final FuzzedCore core;
    private final RaftCore raft;
    private final PeerService service;
    private final ServerCall.Listener<Frame> stream;
    private long now = 1_000 * MS;
    private long received;

    Run(SimRandom random, FuzzedCore.Counts counts) {
      this.random = random;
      this.counts = counts;
      RaftConfig config = RaftConfig.builder("s1").cluster(CLUSTER).build();
      Electorate electorate = Electorate.fixed(List.of("s1", "s2", "s3"));
      ReferenceElection election =
          new ReferenceElection(config, LogView.EMPTY, electorate, Gate.OPEN, random.split());
      raft =
          new RaftCore(
              config, hardState(3, ""), List.of(election, new Heartbeats(config, electorate)), now);
      raft.onTime(now);
      if (random.chance(0.5)) {
        raft.step(now, step -> election.campaign(step, false));
      }
      core = new FuzzedCore(raft, counts, message -> raft.onMessage(now, message));
      service =
          new PeerService(
              GrpcOptions.builder("s1", CLUSTER).build(), this::receive, (id, address) -> {});
      Hello hello = new Hello(Hello.VERSION, CLUSTER, "s2", "s1", "127.0.0.1:1", Lane.MESSAGES);
      stream = service.startCall(new Call(), hello.toMetadata());
    }

    private void receive(Envelope envelope) {
      received++;
      if (!core.stopped()) {
        Fuzzed message = new Fuzzed(envelope, Sort.DAMAGED, envelope.getBodyCase().toString());
        core.receive(message, core.secondLeader(envelope));
      }
    }

    void fuzz() {
      EnvelopeFuzzer fuzzer = new EnvelopeFuzzer(random, "s1", List.of("s2"), CLUSTER);
      for (int i = 0; i < FRAMES_PER_CORE && !core.stopped(); i++) {
        now += random.nextLong(20 * MS);
        give(bytes(fuzzer));
      }
    }

    private void give(byte[] bytes) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      Frame frame;
      try {
        frame = PeerGrpc.getStreamMethod().parseRequest(ByteString.copyFrom(bytes).newInput());
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(e).hasCauseInstanceOf(InvalidProtocolBufferException.class);
        counts.count("frame refused");
        return;
      }
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
          .isLessThan((64 << 10) + (long) ALLOWED_BYTES_PER_BYTE * bytes.length);
      counts.count("frame taken");
      long meant =
          frame.getEnvelopesList().stream()
              .filter(e -> e.getFrom().equals("s2") && e.getTo().equals("s1"))
              .filter(e -> e.getCluster() == CLUSTER)
              .count();
      String state = raft.describe();
      long receivedBefore = received;
      long misdirectedBefore = service.misdirected();
      stream.onMessage(frame);
      assertThat(received - receivedBefore).isEqualTo(meant);
      assertThat(service.misdirected() - misdirectedBefore)
          .isEqualTo(frame.getEnvelopesCount() - meant);
      if (meant == 0) {
        assertThat(raft.describe()).isEqualTo(state);
      }
    }

    private byte[] bytes(EnvelopeFuzzer fuzzer) {
      UnknownFieldSet.Field.Builder envelopes = UnknownFieldSet.Field.newBuilder();
      for (int n = random.nextInt(4); n >= 0; n--) {
        Envelope next = fuzzer.next(raft.currentTerm(), 0).envelope();
        boolean damaged = random.chance(0.1);
        envelopes.addLengthDelimited(
            damaged ? ByteString.copyFrom(fuzzer.bytes(next)) : elsewhere(next).toByteString());
      }
      ByteString frame =
          UnknownFieldSet.newBuilder()
              .addField(Frame.ENVELOPES_FIELD_NUMBER, envelopes.build())
              .build()
              .toByteString();
      return random.chance(0.1) ? fuzzer.damaged(frame.toByteArray()) : frame.toByteArray();
    }

    /** Sometimes it is not for us. */
    private Envelope elsewhere(Envelope message) {
      String other = List.of("", "s3", "s1\0", "S1", "s1 ", "s2").get(random.nextInt(6));
      return switch (random.nextInt(8)) {
        case 0 -> {
          counts.count("other sender");
          yield message.toBuilder().setFrom(other.equals("s2") ? "s1" : other).build();
        }
        case 1 -> {
          counts.count("other receiver");
          yield message.toBuilder().setTo(other).build();
        }
        case 2 -> {
          counts.count("other cluster");
          yield message.toBuilder().setCluster(random.nextLong()).build();
        }
        default -> message;
      };
    }
  }

  /** The worst there is: two bytes of message for an object. */
  @Test
  void emptyEntriesCostBoundedMemory() {
    int count = 100_000;
    AppendEntries.Builder append = AppendEntries.newBuilder();
    for (int i = 0; i < count; i++) {
      append.addEntries(Entry.getDefaultInstance());
    }
    ByteString bytes =
        Frame.newBuilder()
            .addEnvelopes(Envelope.newBuilder().setAppendEntries(append))
            .build()
            .toByteString();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    Frame frame = PeerGrpc.getStreamMethod().parseRequest(bytes.newInput());
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat(frame.getEnvelopes(0).getAppendEntries().getEntriesCount()).isEqualTo(count);
    log.info("{} bytes of empty entries: {} bytes allocated", bytes.size(), allocated);
    assertThat(allocated).isLessThan((long) ALLOWED_BYTES_PER_BYTE * bytes.size());
  }

  /** A call that only listens. */
  private static final class Call extends ServerCall<Frame, FrameAck> {
    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(FrameAck message) {}

    @Override
    public void close(Status status, Metadata trailers) {
      throw new AssertionError("the stream was refused: " + status);
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<Frame, FrameAck> getMethodDescriptor() {
      return PeerGrpc.getStreamMethod();
    }
  }
}
