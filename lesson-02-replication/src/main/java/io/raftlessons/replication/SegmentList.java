package io.raftlessons.replication;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The segments of a log, oldest first. A batch that begins at or below the last index cuts off what
 * was there, so the live entries of a later segment always follow those of an earlier one, and a
 * segment may have none.
 */
final class SegmentList {
  private final List<Segment> segments = new ArrayList<>();

  void add(Segment segment) {
    segments.add(segment);
  }

  boolean isEmpty() {
    return segments.isEmpty();
  }

  int size() {
    return segments.size();
  }

  /** The only segment that is written. */
  Segment active() {
    return segments.get(segments.size() - 1);
  }

  /** 0 if no entry is live. */
  long firstIndex() {
    for (Segment segment : segments) {
      if (segment.hasLiveEntries()) {
        return segment.firstIndex();
      }
    }
    return 0;
  }

  /** 0 if no entry is live. */
  long lastIndex() {
    for (int i = segments.size() - 1; i >= 0; i--) {
      if (segments.get(i).hasLiveEntries()) {
        return segments.get(i).lastIndex();
      }
    }
    return 0;
  }

  /** Whether a batch that begins at this index leaves no hole. */
  boolean continuesAt(long index) {
    long lastIndex = lastIndex();
    return lastIndex == 0 || index <= lastIndex + 1;
  }

  /** Notes a batch that stands at the end of the active segment. */
  void added(BatchCodec.Header batch) {
    for (int i = segments.size() - 1; i >= 0; i--) {
      segments.get(i).cut(batch.firstIndex());
      if (segments.get(i).hasLiveEntries()) {
        break;
      }
    }
    active().added(batch);
  }

  /** Offers the entries from the wanted one on, over as many segments as it takes. */
  void read(EntryCollector target, long lastIndex) throws IOException {
    for (Segment segment : segments) {
      if (target.full() || target.next() > lastIndex) {
        return;
      }
      if (segment.hasLiveEntries() && segment.lastIndex() >= target.next()) {
        segment.read(target, lastIndex);
      }
    }
  }

  /** How many of the oldest segments hold nothing above {@code index}; never the active one. */
  int droppable(long index) {
    int count = 0;
    while (count < segments.size() - 1
        && (!segments.get(count).hasLiveEntries() || segments.get(count).lastIndex() <= index)) {
      count++;
    }
    return count;
  }

  Segment get(int position) {
    return segments.get(position);
  }

  Segment removeOldest() {
    return segments.remove(0);
  }

  /** Closes all files; the first failure is thrown after the last close. */
  void close() throws IOException {
    IOException failure = null;
    for (Segment segment : segments) {
      try {
        segment.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    segments.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
