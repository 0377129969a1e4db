package io.raftlessons.core;

/** All that an election needs to know of the log: how up to date it is (§5.4.1). */
public interface LogView {
  /** Index of the last entry; 0 if the log is empty. */
  long lastIndex();

  /** Term of the last entry; 0 if the log is empty. */
  long lastTerm();

  /** The log of a server that keeps none. */
  LogView EMPTY =
      new LogView() {
        @Override
        public long lastIndex() {
          return 0;
        }

        @Override
        public long lastTerm() {
          return 0;
        }
      };
}
