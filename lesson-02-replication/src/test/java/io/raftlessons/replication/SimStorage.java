package io.raftlessons.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.runtime.Disk;
import io.raftlessons.sim.ProbedDisk;
import io.raftlessons.sim.SimDisk;
import io.raftlessons.sim.SimDisk.CrashMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** A simulated disk with small segments, and a clock that only the disk moves. */
final class SimStorage implements SimDisk.Clock {
  static final String DIRECTORY = "log";
  static final SegmentedLogStore.Options SMALL =
      new SegmentedLogStore.Options(DIRECTORY, 1536, 1024, 4096);

  final SimDisk.Faults faults = new SimDisk.Faults();
  final SimDisk disk;
  final ProbedDisk probed;
  ManualLoop loop = new ManualLoop();
  private long now;

  SimStorage(long seed) {
    disk = new SimDisk(this, new Random(seed), faults);
    probed = new ProbedDisk(disk, faults);
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public void charge(long nanos) {
    now += nanos;
  }

  /** A store as a started server has it: with an idle loop of its own. */
  SegmentedLogStore open() throws IOException {
    loop = new ManualLoop();
    return SegmentedLogStore.open(probed, loop, SMALL);
  }

  void crash(CrashMode mode) {
    disk.crash(now, mode);
  }

  /** The paths of the segments, oldest first. */
  List<String> segments() throws IOException {
    return disk.list(DIRECTORY).stream()
        .filter(name -> SegmentHeader.sequenceOf(name) > 0)
        .map(name -> DIRECTORY + "/" + name)
        .toList();
  }

  /** The first index in the name of the newest segment; 0 if there is none. */
  long newestSegmentBegan() throws IOException {
    List<String> segments = segments();
    if (segments.isEmpty()) {
      return 0;
    }
    String name = segments.get(segments.size() - 1);
    return Long.parseLong(name.substring(name.indexOf('-') + 1, name.indexOf(".log")));
  }

  byte[] content(String path) throws IOException {
    try (Disk.File file = disk.open(path)) {
      byte[] bytes = new byte[(int) file.size()];
      file.read(0, ByteBuffer.wrap(bytes));
      return bytes;
    }
  }

  /** Changes bytes behind the back of everyone, durably. */
  void overwrite(String path, long position, byte... bytes) throws IOException {
    try (Disk.File file = disk.open(path)) {
      file.writeAt(position, ByteBuffer.wrap(bytes));
      file.sync();
    }
  }

  /** Where the batches of a segment begin, and after them where the last one ends. */
  static List<Integer> batches(byte[] content) {
    List<Integer> places = new ArrayList<>();
    int at = SegmentHeader.BYTES;
    while (content.length - at >= BatchCodec.HEADER_BYTES) {
      BatchCodec.Header batch = BatchCodec.header(content, at);
      if (batch == null) {
        break;
      }
      places.add(at);
      at += batch.batchBytes();
    }
    places.add(at);
    return places;
  }

  /** What must be so after every open: nothing torn, nothing left over from before. */
  void assertTidy() throws IOException {
    SyncedMark mark = Objects.requireNonNull(SyncedMark.load(disk, DIRECTORY));
    List<String> segments = segments();
    assertThat(disk.list(DIRECTORY)).contains("next.prepared").hasSize(segments.size() + 2);
    assertThat(content(DIRECTORY + "/next.prepared")).isEmpty();
    if (segments.isEmpty()) {
      return;
    }
    assertThat(segments.get(0)).contains(String.format("/%010d-", mark.firstSegment()));
    byte[] newest = content(segments.get(segments.size() - 1));
    List<Integer> places = batches(newest);
    int end = places.get(places.size() - 1);
    assertThat(end).isLessThanOrEqualTo(newest.length);
    assertThat(Arrays.copyOfRange(newest, end, newest.length))
        .isEqualTo(new byte[newest.length - end]);
  }
}
