package io.raftlessons.course.trace;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.raftlessons.wire.AppendEntries;
import io.raftlessons.wire.AppendEntriesReply;
import io.raftlessons.wire.Entry;
import io.raftlessons.wire.Envelope;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** Messages in words: their kind, a few words to draw, and all their fields. */
final class Words {
  /** More entries than this are counted, not shown. */
  private static final int MOST_ENTRIES = 8;

  private Words() {}

  /** As in the paper: RequestVote, AppendEntriesReply. */
  static String type(Envelope message) {
    StringBuilder type = new StringBuilder();
    for (String word : message.getBodyCase().name().split("_")) {
      type.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return type.toString();
  }

  /** Whether there is nothing in it but that somebody leads, or the answer to that. */
  static boolean isHeartbeat(Envelope message) {
    return switch (message.getBodyCase()) {
      case APPEND_ENTRIES -> message.getAppendEntries().getEntriesCount() == 0;
      case APPEND_ENTRIES_REPLY ->
          message.getAppendEntriesReply().getSuccess()
              && message.getAppendEntriesReply().getCount() == 0;
      default -> false;
    };
  }

  /** How it is drawn: the name of a class in the drawing's style. */
  static String style(Envelope message) {
    return switch (message.getBodyCase()) {
      case PRE_VOTE -> "pre";
      case PRE_VOTE_REPLY -> message.getPreVoteReply().getGranted() ? "pre" : "no";
      case REQUEST_VOTE -> "vote";
      case REQUEST_VOTE_REPLY -> message.getRequestVoteReply().getGranted() ? "yes" : "no";
      case APPEND_ENTRIES -> isHeartbeat(message) ? "hb" : "app";
      case APPEND_ENTRIES_REPLY -> {
        boolean success = message.getAppendEntriesReply().getSuccess();
        yield isHeartbeat(message) ? "hb" : success ? "ok" : "no";
      }
      case INSTALL_SNAPSHOT -> "snap";
      case INSTALL_SNAPSHOT_REPLY -> "ok";
      default -> "oth";
    };
  }

  /** A few words for a drawing. */
  static String label(Envelope message) {
    String term = " t" + message.getTerm();
    return switch (message.getBodyCase()) {
      case PRE_VOTE -> "PreVote" + term;
      case PRE_VOTE_REPLY -> "PreVote " + yes(message.getPreVoteReply().getGranted()) + term;
      case REQUEST_VOTE -> "RequestVote" + term;
      case REQUEST_VOTE_REPLY -> "Vote " + yes(message.getRequestVoteReply().getGranted()) + term;
      case APPEND_ENTRIES -> append(message.getAppendEntries(), term);
      case APPEND_ENTRIES_REPLY -> reply(message.getAppendEntriesReply());
      case INSTALL_SNAPSHOT ->
          "Snapshot up to " + message.getInstallSnapshot().getMeta().getIndex() + term;
      case INSTALL_SNAPSHOT_REPLY ->
          (message.getInstallSnapshotReply().getInstalled() ? "Snapshot installed" : "Snapshot got")
              + term;
      default -> type(message) + term;
    };
  }

  private static String yes(boolean granted) {
    return granted ? "yes" : "no";
  }

  private static String append(AppendEntries request, String term) {
    return request.getEntriesCount() == 0
        ? "Heartbeat" + term
        : "Append " + places(request.getEntriesList());
  }

  private static String reply(AppendEntriesReply reply) {
    return reply.getSuccess()
        ? "ok up to " + (reply.getPrevLogIndex() + reply.getCount())
        : "no entry " + reply.getPrevLogIndex();
  }

  /** index:term, index:term. */
  static String places(List<Entry> entries) {
    StringJoiner places = new StringJoiner(" ");
    int first = Math.max(0, entries.size() - MOST_ENTRIES);
    if (first > 0) {
      places.add(first + " entries,");
    }
    entries
        .subList(first, entries.size())
        .forEach(entry -> places.add(entry.getIndex() + ":" + entry.getTerm()));
    return places.toString();
  }

  /** All that was said in the message, by name. What has its default is said too. */
  static Map<String, String> fields(Envelope message) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("term", Long.toString(message.getTerm()));
    FieldDescriptor body =
        message.getOneofFieldDescriptor(Envelope.getDescriptor().getOneofs().get(0));
    if (body != null) {
      Message said = (Message) message.getField(body);
      for (FieldDescriptor field : said.getDescriptorForType().getFields()) {
        fields.put(field.getJsonName(), value(said.getField(field)));
      }
    }
    return fields;
  }

  /** Any record of an effect: its name, and what is in it. */
  static String effect(Object effect) {
    StringBuilder text = new StringBuilder(effect.getClass().getSimpleName());
    try {
      for (RecordComponent component : effect.getClass().getRecordComponents()) {
        Method accessor = component.getAccessor();
        accessor.setAccessible(true);
        text.append(' ').append(component.getName());
        text.append('=').append(value(accessor.invoke(effect)));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(effect.toString(), e);
    }
    return text.toString();
  }

  private static String value(Object value) {
    if (value instanceof List<?> list && (list.isEmpty() || list.get(0) instanceof Entry)) {
      return "[" + places(list.stream().map(Entry.class::cast).toList()) + "]";
    }
    if (value instanceof ByteString bytes) {
      return bytes.size() + " bytes";
    }
    return value instanceof Message message
        ? message.toString().replaceAll("\\s+", " ").strip()
        : String.valueOf(value);
  }
}
