package io.raftlessons.script;

import java.util.ArrayList;
import java.util.List;

/** What happened, line by line. The same message to several servers is one line. */
public final class Trace {
  private List<String> lines = new ArrayList<>();
  private String lastRecipients = "";
  private String lastMessage = "";

  /** Something that happened to a server from outside. */
  public void event(String line) {
    lines.add(line);
    lastMessage = "";
  }

  /** What came of the event before. */
  public void detail(String line) {
    event("  " + line);
  }

  void sent(String to, String message) {
    if (message.equals(lastMessage)) {
      lines.remove(lines.size() - 1);
      lastRecipients += " " + to;
    } else {
      lastRecipients = to;
    }
    lines.add("  > " + lastRecipients + "  " + message);
    lastMessage = message;
  }

  /** All lines since the last call. */
  List<String> take() {
    List<String> taken = lines;
    lines = new ArrayList<>();
    lastMessage = "";
    return taken;
  }
}
