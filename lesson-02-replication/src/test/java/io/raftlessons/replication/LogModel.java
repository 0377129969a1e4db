package io.raftlessons.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftlessons.wire.Entry;
import java.util.ArrayList;
import java.util.List;

/** What a store must hold after a crash: what was synced, or what was being synced. */
final class LogModel {
  private record Write(long from, List<Entry> entries) {}

  private List<Entry> synced = new ArrayList<>();
  private List<Entry> written = new ArrayList<>();
  private final List<Write> unsynced = new ArrayList<>();

  /** Entries up to here are being given away by deletePrefix. */
  private long notNeeded;

  long last() {
    return written.isEmpty() ? 0 : written.get(written.size() - 1).getIndex();
  }

  int size() {
    return written.size();
  }

  void writing(long from, List<Entry> entries) {
    unsynced.add(new Write(from, entries));
    write(written, from, entries);
  }

  private static void write(List<Entry> log, long from, List<Entry> entries) {
    while (!log.isEmpty() && log.get(log.size() - 1).getIndex() >= from) {
      log.remove(log.size() - 1);
    }
    log.addAll(entries);
  }

  void synced() {
    synced = new ArrayList<>(written);
    unsynced.clear();
  }

  void deleting(long index) {
    notNeeded = index;
  }

  /** A deletePrefix, which is a sync too, has returned. */
  void deleted(long firstIndex) {
    int gone = 0;
    while (gone < written.size()
        && (firstIndex == 0 || written.get(gone).getIndex() < firstIndex)) {
      assertThat(written.get(gone).getIndex()).isLessThanOrEqualTo(notNeeded);
      gone++;
    }
    written.subList(0, gone).clear();
    notNeeded = 0;
    synced();
  }

  /**
   * Checks what was found after a crash, and goes on from it.
   *
   * @param split whether the store may have synced a part of what was written, unasked
   * @return whether it is something newer than what was synced
   */
  boolean recovered(List<Entry> found, boolean split) {
    boolean isOld = isSuffixOf(found, synced);
    assertThat(isOld || isSuffixOf(found, written) || (split && isPart(found)))
        .withFailMessage(
            () ->
                "found %s, but %s was synced and %s was written; not needed: %d"
                    .formatted(ranges(found), ranges(synced), ranges(written), notNeeded))
        .isTrue();
    written = new ArrayList<>(found);
    notNeeded = 0;
    synced();
    return !isOld;
  }

  private boolean isPart(List<Entry> found) {
    List<Entry> state = new ArrayList<>(synced);
    for (Write write : unsynced) {
      write(state, write.from(), List.of());
      if (isSuffixOf(found, state)) {
        return true;
      }
      for (Entry entry : write.entries()) {
        state.add(entry);
        if (isSuffixOf(found, state)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether nothing but entries that are not needed is missing, and all of them at the front. */
  private boolean isSuffixOf(List<Entry> found, List<Entry> whole) {
    int missing = whole.size() - found.size();
    return missing >= 0
        && (missing == 0 || whole.get(missing - 1).getIndex() <= notNeeded)
        && whole.subList(missing, whole.size()).equals(found);
  }

  private static String ranges(List<Entry> entries) {
    StringBuilder text = new StringBuilder("[");
    for (Entry entry : entries) {
      text.append(entry.getIndex()).append('@').append(entry.getTerm()).append(' ');
    }
    return text.append(']').toString();
  }
}
